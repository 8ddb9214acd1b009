"""Staff keep shelves and makers, and hide or archive products; they never create products or change stock."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Case, Count, Q, QuerySet, When
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog import cache, shelves
from catalog.actions import archive, hide, unhide
from catalog.lifecycle import ProductStatus
from catalog.models import Brand, Category, Product, Synonym
from core.admin import Looking, MovesAdmin, ReasonForm, Recorded
from core.desk import ByStatus, listing
from core.money import in_words
from core.templatetags.aqad import status


class Chosen(AutocompleteSelect):
    """Shows a wrong choice as none: Django's own asks the database for whatever came back from the browser."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Only what may be a key is looked up."""
        return super().optgroups(
            name, [key for key in value if str(key).isascii() and str(key).isdigit()][:1], attrs
        )


class Shelves(Recorded):
    """What everybody's lists show: a change is seen at once."""

    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    search_fields: ClassVar[tuple[str, ...]] = ("name", "name_ar", "slug")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Its name said in lists too, where no label stands before it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = field.label
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        cache.shelves_changed()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        cache.shelves_changed()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        cache.shelves_changed()


@admin.register(Category)
class CategoryAdmin(Shelves):
    """Shelves, and the shelves in them: the tree as buyers see it, both names and the order edited in place."""

    list_display = ("standing", "name", "name_ar", "position", "goods")
    list_display_links = ("standing",)
    list_editable = ("name", "name_ar", "position")
    list_per_page = 200
    autocomplete_fields = ("parent",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The shelf above, found by typing."""
        kwargs["widget"] = Chosen(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With depth and goods on sale."""
        below = [When(pk=shelf.pk, then=shelf.depth) for shelf in _walked() if shelf.depth]
        on_sale = Count("products", filter=Q(products__status=ProductStatus.LISTED))
        return super().get_queryset(request).annotate(depth=Case(*below, default=0), goods=on_sale)

    def get_ordering(self, request: HttpRequest) -> Any:
        """In the order of the tree."""
        rows = [When(pk=shelf.pk, then=place) for place, shelf in enumerate(_walked())]
        return [Case(*rows, default=len(rows)).asc()]

    @admin.display(description=_("category"))
    def standing(self, shelf: Any) -> str:
        """As deep as it stands."""
        return format_html('<span class="depth-{}">{}</span>', min(shelf.depth, 5), shelf.title)

    @admin.display(description=_("on sale"))
    def goods(self, shelf: Any) -> str:
        """How many products, with the way to them."""
        rows = listing("catalog_product", category__id__exact=shelf.pk, status__exact=ProductStatus.LISTED)
        return format_html('<a href="{}">{}</a>', rows, shelf.goods)


def _walked() -> list[shelves.Shelf]:
    return [shelf for root in shelves.tree() for shelf in root.walk()]


@admin.register(Brand)
class BrandAdmin(Shelves):
    """Makers, both names edited in place."""

    list_display = ("slug", "name", "name_ar")
    list_editable = ("name", "name_ar")
    list_per_page = 100
    saved = ((_("All"), ""), (_("Without an Arabic name"), "name_ar__exact="))


@admin.register(Synonym)
class SynonymAdmin(Shelves):
    """Pairs of words, seen by the next search."""

    prepopulated_fields = {}  # noqa: RUF012
    search_fields: ClassVar[tuple[str, ...]] = ("one", "other")
    list_display = ("one", "other")
    list_per_page = 200


@admin.register(Product)
class ProductAdmin(MovesAdmin, Looking):
    """Products as their vendors keep them; hidden, shown again and archived here, also many at once."""

    verbs = {"hide": hide, "unhide": unhide, "archive": archive}  # noqa: RUF012
    bulk = ("hide", "unhide", "archive")
    action_form = ReasonForm
    list_display = ("code", "title", "vendor", "badge", "worth", "category", "brand")
    list_filter = (("status", ByStatus), "category")
    search_fields = ("name", "name_ar", "sku", "gtin", "vendor__name")
    codes = ("", "vendor")
    saved = (
        (_("All"), ""),
        (_("On sale"), "status__exact=listed"),
        (_("Hidden by staff"), "status__exact=hidden"),
        (_("Without an Arabic name"), "status__exact=listed&name_ar__exact="),
    )
    list_select_related = ("vendor", "category", "brand")
    ordering = ("-id",)

    @admin.display(description=_("status"), ordering="status")
    def badge(self, product: Product) -> str:
        """In its colour."""
        return status(product.status, "product")

    @admin.display(description=_("price"), ordering="price")
    def worth(self, product: Product) -> str:
        """In dirhams, without VAT."""
        return in_words(product.price)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)
