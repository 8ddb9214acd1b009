"""What is sold: categories, brands, products with pictures, stock, files that bring them in, words to find them by."""

from catalog.models.goods import (
    PACKS,
    SKU_TAKEN,
    Bilingual,
    Brand,
    Category,
    Product,
    ProductQuerySet,
    Unit,
)
from catalog.models.imports import ImportRun
from catalog.models.pictures import Image
from catalog.models.stock import CLOSING, SIGNS, Movement, MovementKind, Stock
from catalog.models.words import Synonym, Word

__all__ = [
    "CLOSING",
    "PACKS",
    "SIGNS",
    "SKU_TAKEN",
    "Bilingual",
    "Brand",
    "Category",
    "Image",
    "ImportRun",
    "Movement",
    "MovementKind",
    "Product",
    "ProductQuerySet",
    "Stock",
    "Synonym",
    "Unit",
    "Word",
]
