"""Pages of vendors: registration, dashboard, documents, storefront."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.tokens import BACKEND
from core import events, limits
from core.errors import NotThere
from core.forms import names_of
from core.links import lent
from core.pages import for_role, handed_over
from core.roles import Role
from vendors import actions, expiring
from vendors.forms import DocumentForm, StorefrontForm, VendorRegistration
from vendors.models import Document, Vendor


def register(request: HttpRequest) -> HttpResponse:
    """Register as a vendor; the new owner is signed in and sees what happens next."""
    form = VendorRegistration(request.POST or None, request.FILES or None)
    if request.method == "POST":
        limits.hit(request, "register", "20/h")
        if form.is_valid():
            vendor = actions.register(form.cleaned_data, names_of(request.FILES))
            login(request, vendor.memberships.get().user, backend=BACKEND)
            messages.success(request, _("Welcome. We review your documents and tell you here."))
            return redirect("vendors:documents")
    return render(request, "vendors/register.html", {"form": form})


@for_role(Role.VENDOR, pending=True)
def documents(request: HttpRequest) -> HttpResponse:
    """The vendor's own papers and where the review stands."""
    user: Any = request.user
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        facts, name = form.cleaned_data, names_of(request.FILES)["file"]
        actions.upload(user.business.vendor, facts["kind"], facts["file"], name, user)
        messages.success(request, _("Thank you. We review it and tell you here."))
        return redirect("vendors:documents")
    context = {
        "documents": user.business.vendor.papers(),
        "business": user.business,
        "verdict": events.latest(user.business),
        "licence": expiring.licence_of(user.business),
        "form": form,
    }
    return render(request, "vendors/documents.html", context)


@for_role(Role.VENDOR)
def profile(request: HttpRequest) -> HttpResponse:
    """What buyers see of the vendor: a few words and a logo."""
    user: Any = request.user
    vendor = user.business.vendor
    form = StorefrontForm(request.POST or None, request.FILES or None, initial={"about": vendor.about})
    if request.method == "POST" and form.is_valid():
        actions.show(vendor, form.cleaned_data["about"], form.cleaned_data["logo"], user)
        messages.success(request, _("Saved."))
        return redirect("vendors:profile")
    return render(request, "vendors/profile.html", {"form": form, "vendor": vendor})


@login_required
def document(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Hand a document to its owner or to staff, so that a browser never runs what is in it."""
    paper = Document.objects.seen_by(request.user).filter(pk=pk).first()
    if paper is None:
        raise NotThere
    inline = request.GET.get("inline") == "1" and request.user.is_staff
    return lent(request, lambda: handed_over(paper.file, paper.name, paper.media_type, inline=inline))


def storefront(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """A vendor's public page: its name, and its goods through the catalogue."""
    vendor = Vendor.objects.all().coded(code).filter(status="active").first()
    if vendor is None:
        raise NotThere
    return render(request, "vendors/storefront.html", {"vendor": vendor})
