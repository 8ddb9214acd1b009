"""Paths of the catalogue."""

from django.urls import path

from catalog import views, views_import, views_rows

app_name = "catalog"
urlpatterns = [
    path("catalog/", views.browse, name="list"),
    path("catalog/suggestions/", views.suggestions, name="suggestions"),
    path("catalog/<code:code>-<slug:slug>/", views.product, name="product"),
    path("vendor/products/", views.mine, name="mine"),
    path("vendor/products/new/", views.create, name="create"),
    path("vendor/products/export/<slug:kind>/", views_import.export, name="export"),
    path("vendor/products/template/<slug:kind>/", views_import.template, name="template"),
    path("vendor/products/import/", views_import.start, name="imports"),
    path("vendor/products/import/<code:code>/", views_import.run, name="import"),
    path("vendor/products/import/<code:code>/moves/<slug:move>/", views_import.move, name="import_move"),
    path("vendor/products/import/<code:code>/wrong-rows/", views_import.wrong, name="import_wrong"),
    path("vendor/products/<code:code>/", views.edit, name="edit"),
    path("vendor/products/moves/<slug:move>/", views_rows.move_many, name="move_many"),
    path("vendor/products/<code:code>/stock/", views_rows.change_stock, name="stock"),
    path("vendor/products/<code:code>/price/", views_rows.change_price, name="price"),
    path("vendor/products/<code:code>/movements/", views.movements, name="movements"),
    path("vendor/products/<code:code>/images/", views.add_pictures, name="add_pictures"),
    path(
        "vendor/products/<code:code>/images/<int:image>/moves/<slug:move>/",
        views.move_picture,
        name="picture",
    ),
    path("vendor/products/<code:code>/moves/<slug:move>/", views.move, name="move"),
]
