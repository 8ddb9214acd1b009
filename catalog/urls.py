"""Paths of the catalogue."""

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("catalog/", views.browse, name="list"),
    path("catalog/<code:code>-<slug:slug>/", views.product, name="product"),
    path("vendor/products/", views.mine, name="mine"),
    path("vendor/products/new/", views.create, name="create"),
    path("vendor/products/<code:code>/", views.edit, name="edit"),
    path("vendor/products/<code:code>/stock/", views.change_stock, name="stock"),
    path("vendor/products/<code:code>/movements/", views.movements, name="movements"),
    path("vendor/products/<code:code>/images/", views.add_pictures, name="add_pictures"),
    path(
        "vendor/products/<code:code>/images/<int:image>/moves/<slug:move>/",
        views.move_picture,
        name="picture",
    ),
    path("vendor/products/<code:code>/moves/<slug:move>/", views.move, name="move"),
]
