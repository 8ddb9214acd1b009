"""Pages of the catalogue, and of vendors who keep it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url, replace_url

from catalog import actions, assortment, browsing, facets, filters, search, shelves
from catalog import suggestions as suggesting
from catalog.forms import NO_TEXT, FilterForm, NewProductForm, PicturesForm, ProductForm, StockForm
from catalog.lifecycle import ProductStatus
from catalog.models import Product
from catalog.search import Wish
from catalog.templatetags.cards import product_cards
from catalog.templatetags.whole import for_reader
from catalog.wholes import Whole
from core.bodies import NOT_TEXT
from core.errors import Invalid, NotThere
from core.forms import checked
from core.outlines import Page
from core.pages import for_role, made_move, of_htmx, split
from core.replicas import readable
from core.roles import Role

PAGE = 24
ONE = Page("catalog/product.html")
LIST = Page("catalog/list.html", at="catalog:list")
CARD = 150  # letters, of what other sites show of it
MOVEMENTS = 50
LONGEST_BEGINNING = 80
STEPS = {"up": -1, "down": 1}


@readable
def browse(request: HttpRequest) -> HttpResponse:
    """What is on sale, narrowed and sorted; what is asked for wrongly is said and left aside."""
    form = FilterForm(request.GET)
    problems = _problems(form)
    wish = Wish.of(form.cleaned_data, arabic=get_language() == "ar")
    counted = facets.of(wish)
    try:
        page = search.page_of(wish, request.GET.get("cursor", ""), PAGE, counted.seen)
    except Invalid as strange:
        problems.append(str(strange.message))
        page = search.page_of(wish, "", PAGE, counted.seen)
    words = browsing.words(request.GET, wish, counted, page, problems)
    told = LIST.told(
        request, {**words, "products": page.faces}, lambda: {**words, "cards": product_cards(page.faces)}
    )
    return _at_its_address(request, told)


@require_safe
@readable
def suggestions(request: HttpRequest) -> HttpResponse:
    """What somebody may be typing, as the choices of the search box."""
    text = request.GET.get("search", "")[:LONGEST_BEGINNING]
    if NOT_TEXT.search(text):
        raise Invalid(_("Null characters are not allowed."))
    found = suggesting.of(text)
    answer = render(request, "catalog/_suggestions.html", {"found": found})
    patch_cache_control(answer, private=True, max_age=30)
    return answer


def _at_its_address(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """For htmx the address without empty filters; going on typing is no step of its own to go back through."""
    htmx = of_htmx(request)
    if htmx.target != "goods":
        return page
    query = request.GET
    here = request.path + filters.address(query, cursor=query.get("cursor")).rstrip("?")
    before = QueryDict(split(htmx.current_url or "").query)
    typing = before.get("search") and query.get("search") and before["search"] != query["search"]
    return (replace_url if typing else push_url)(page, here)


def _problems(form: FilterForm) -> list[str]:
    """What is wrong with the filters, in sentences. Raises `Invalid` for what no person types."""
    wrong = [error for errors in form.errors.as_data().values() for error in errors]
    if any(error.code == NO_TEXT for error in wrong):
        raise Invalid(str(wrong[0].messages[0]))
    return [_("A filter was left aside: %(why)s") % {"why": error.messages[0]} for error in wrong]


def product(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """One product on sale; its own vendor also sees it off sale."""
    whole = Whole.on_sale(code)
    if whole is None:
        row: Product | None = Product.objects.seen_by(request.user).shown().coded(code).first()
        if row is None:
            raise NotThere
        whole = Whole.of(row)
    if request.path != whole.path:
        return redirect(whole.path, permanent=True)
    way, similar = shelves.path_to(whole.shelf_slug), search.similar(whole.category_id, whole.pk)
    words = {"title": whole.title, "card": Truncator(whole.description).chars(CARD)}
    return ONE.told(
        request,
        {"product": whole, "way": way, "similar": similar, **words},
        lambda: {"whole": for_reader(whole, similar, way), **words},
    )


@for_role(Role.VENDOR)
def mine(request: HttpRequest) -> HttpResponse:
    """The vendor's products, searched and filtered."""
    user: Any = request.user
    text, view = request.GET.get("search", "").strip()[:200], request.GET.get("status", "")
    view = view if view in assortment.VIEWS else ""
    if NOT_TEXT.search(text):
        raise Invalid(_("Null characters are not allowed."))
    rows = assortment.found(user, view, text)
    tabs = [
        {"label": label, "url": f"?{urlencode(facts)}", "active": name == view, "count": count}
        for name, label, count in assortment.counted(user)
        if (facts := {key: value for key, value in (("status", name), ("search", text)) if value}) is not None
    ]
    page = Paginator(rows.shown(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "tabs": tabs, "view": view, "search": text}
    return render(request, "catalog/mine.html", context)


@for_role(Role.VENDOR)
def create(request: HttpRequest) -> HttpResponse:
    """List a product."""
    user: Any = request.user
    draft = Product(vendor_id=user.business_id)
    form = NewProductForm(request.POST or None, request.FILES or None, instance=draft)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            made = actions.create(facts, facts["quantity"], user, facts["images"])
        except Invalid as wrong:
            _blame(form, wrong)
        else:
            on_sale = made.status == ProductStatus.LISTED
            told = _("%(name)s is on sale.") if on_sale else _("%(name)s is kept as a draft.")
            messages.success(request, told % {"name": made.title})
            return redirect("catalog:edit", made.code)
    return render(request, "catalog/create.html", {"form": form})


@for_role(Role.VENDOR)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The vendor's own view of a product: facts, stock, pictures, movements."""
    row = _own(request, code)
    sent = (request.POST,) if request.method == "POST" else ()
    form = ProductForm(*sent, instance=_own(request, code), initial=ProductForm.of(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(row, form.cleaned_data, request.user)  # type: ignore[arg-type]
        except Invalid as wrong:
            _blame(form, wrong)
        else:
            messages.success(request, _("Saved."))
            return redirect("catalog:edit", row.code)
    context = {
        "product": row,
        "form": form,
        "stock_form": StockForm(),
        "pictures_form": PicturesForm(),
        "movements": row.movements.order_by("-pk")[:5],
        "moves": row.moves_for(request.user),
    }
    return render(request, "catalog/edit.html", context)


def _blame(form: ProductForm, wrong: Invalid) -> None:
    """What only saving could find out stands at its field."""
    for name, lines in wrong.errors.items():
        form.add_error(name if name in form.fields else None, [str(line) for line in lines])


@for_role(Role.VENDOR)
def movements(request: HttpRequest, code: str) -> HttpResponse:
    """The whole ledger of a product's stock, newest first."""
    row = _own(request, code)
    page = Paginator(row.movements.order_by("-pk"), MOVEMENTS).get_page(request.GET.get("page"))
    return render(request, "catalog/movements.html", {"product": row, "page": page})


@require_POST
@for_role(Role.VENDOR)
def add_pictures(request: HttpRequest, code: str) -> HttpResponse:
    """More pictures, last in order."""
    row, form = _own(request, code), PicturesForm(request.POST, request.FILES)
    try:
        pictures = checked(form)["images"]
        actions.add_pictures(row, pictures, request.user)  # type: ignore[arg-type]
    except Invalid as wrong:
        messages.error(request, str(wrong.message))
    else:
        messages.success(request, _("Pictures added."))
    return redirect(f"{row.page_for(Role.VENDOR)}#pictures")


@require_POST
@for_role(Role.VENDOR)
def move_picture(request: HttpRequest, code: str, image: int, move: str) -> HttpResponse:
    """Earlier, later, or away."""
    row = _own(request, code)
    picture = next((each for each in row.images.all() if each.pk == image), None)
    user: Any = request.user
    if picture is None or move not in {*STEPS, "remove"}:
        raise NotThere
    if move == "remove":
        actions.remove_picture(row, picture, user)
        messages.success(request, _("Picture removed."))
    else:
        actions.move_picture(row, picture, STEPS[move], user)
    return redirect(f"{row.page_for(Role.VENDOR)}#pictures")


@require_POST
@for_role(Role.VENDOR)
def move(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Put on sale, take off sale, archive."""
    row = _own(request, code)
    return made_move(request, actions.VERBS, move, row, then=row.page_for(Role.VENDOR))


def _own(request: HttpRequest, code: str) -> Product:
    row: Any = Product.objects.shown().door(request.user, code)
    return row  # type: ignore[no-any-return]
