"""Staff look after people."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import actions as verbs
from accounts import team
from accounts.forms import InviteForm
from accounts.lifecycle import BusinessStatus
from accounts.models import Business, Invitation, Letter, User
from core.admin import Looking, Recorded, on_each
from core.desk import linked
from core.roles import Role

admin.site.unregister([Group, EmailAddress, Authenticator])


@admin.register(User)
class PeopleAdmin(Recorded, UserAdmin):  # type: ignore[type-arg]
    """People and their roles."""

    ordering = ("email",)
    list_display = ("email", "name", "role", "works_for", "is_active")
    list_filter = ("role", "is_active")
    list_select_related = ("membership__business",)
    search_fields = ("email", "name", "membership__business__name")
    codes = (
        "membership__business__vendor",
        "membership__business__retailer",
        "membership__business__carrier",
    )
    saved = (
        (_("All"), ""),
        (_("Staff"), "role__exact=staff"),
        (_("Drivers"), "role__exact=driver"),
        (_("Deactivated"), "is_active__exact=0"),
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "email", "name", "phone", "role", "works_for", "language", "is_active", "is_superuser",
                )
            },
        ),
        (_("Signing in"), {"fields": ("confirmed", "last_login", "sign_outs", "joined_at")}),
    )  # fmt: skip
    add_fieldsets = ((None, {"fields": ("email", "name", "role", "password1", "password2")}),)
    readonly_fields = ("role", "works_for", "confirmed", "last_login", "sign_outs", "joined_at")
    filter_horizontal = ()
    actions = ("reset_factor",)

    @admin.action(description=_("Reset the second factor"))
    def reset_factor(self, request: HttpRequest, queryset: Any) -> None:
        """For people who lost phone and list; each is signed out everywhere and told."""
        user: Any = request.user
        for person in on_each(request, queryset, lambda person: verbs.reset_factor(person, user)):
            messages.success(request, _("The second factor of %(who)s is reset.") % {"who": person})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_urls(self) -> list[Any]:
        """Nobody sets the password of another: they ask for a link themselves."""
        return [one for one in super().get_urls() if one.name != "auth_user_password_change"]

    @admin.display(description=_("business"))
    def works_for(self, user: User) -> str:
        """With the way to it; none for staff."""
        if user.business is None:
            return "–"
        return format_html("{} {}", user.business.name, linked(user.business.pk))

    @admin.display(description=_("address confirmed"), boolean=True)
    def confirmed(self, user: User) -> bool:
        """Whether the e-mail is known to be theirs."""
        return bool(EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FirstDispatcherForm(forms.ModelForm[Invitation]):
    """Staff open a carrier's team: they invite its first dispatcher, who invites the rest."""

    business = forms.ModelChoiceField(
        Business.objects.filter(pk__startswith="C", status=BusinessStatus.ACTIVE), label=_("carrier")
    )

    class Meta:
        model = Invitation
        fields = ("business", "email", "language")

    clean_email = InviteForm.clean_email

    def clean(self) -> dict[str, Any] | None:
        """One open invitation a person."""
        facts = super().clean() or {}
        open_still = Invitation.objects.live().filter(
            business=facts.get("business"), email=facts.get("email")
        )
        if open_still.exists():
            raise forms.ValidationError(_("This person is invited already."))
        return facts


@admin.register(Invitation)
class InvitationAdmin(Looking):
    """Who was asked to join which business, and what became of it."""

    list_display = (
        "email",
        "business",
        "role",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
    )
    list_filter = ("role", "accepted_at", "withdrawn_at")
    search_fields = ("email", "business__name")
    codes = ("business__vendor", "business__retailer", "business__carrier")
    saved = (
        (_("All"), ""),
        (_("Open"), "accepted_at__isnull=True&withdrawn_at__isnull=True"),
    )
    list_select_related = ("business", "invited_by")
    ordering = ("-created_at",)
    actions = ("withdraw",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(
            request, obj, change, **({} if obj else {"form": FirstDispatcherForm}), **kwargs
        )

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """The verb makes the row, its event and its letter; the page goes on with what it made."""
        facts = form.cleaned_data
        user: Any = request.user
        made = team.invite(
            facts["business"], user, email=facts["email"], role=Role.DISPATCHER, language=facts["language"]
        )
        obj.pk = made.pk

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, queryset: Any) -> None:
        """Call invitations back."""
        user: Any = request.user
        on_each(request, queryset, lambda row: team.withdraw(row, user))


@admin.register(Letter)
class LetterAdmin(Looking):
    """The mail that went out, and what could not be sent yet."""

    list_display = ("email", "event", "tried_at", "sent_at")
    search_fields = ("email",)
    told = ("event__subject",)
    saved = ((_("All"), ""), (_("Not sent yet"), "sent_at__isnull=True"))
    list_select_related = ("event",)
    ordering = ("-id",)
