"""Paths of orders."""

from django.urls import path

from orders import views, views_lists, views_quick, views_vendor

app_name = "orders"
urlpatterns = [
    path("cart/", views.cart, name="cart"),
    path("cart/<code:code>/", views.put, name="put"),
    path("orders/", views.orders, name="list"),
    path("orders/<code:code>/", views.order, name="order"),
    path("orders/<code:code>/reorder/", views.reorder, name="reorder"),
    path("orders/<code:code>/moves/<slug:move>/", views.move, name="move"),
    path("quick-order/", views_quick.quick, name="quick"),
    path("quick-order/template/", views_quick.template, name="quick_template"),
    path("lists/", views_lists.lists, name="lists"),
    path("lists/add/<code:code>/", views_lists.note_down, name="note_down"),
    path("lists/<uuid:pk>/", views_lists.saved, name="saved"),
    path("lists/<uuid:pk>/cart/", views_lists.order, name="saved_order"),
    path("lists/<uuid:pk>/delete/", views_lists.delete, name="saved_delete"),
    path("vendor/", views_vendor.dashboard, name="dashboard"),
    path("vendor/orders/", views_vendor.incoming, name="incoming"),
    path("vendor/orders/moves/<slug:move>/", views_vendor.move_many, name="move_many"),
    path("vendor/orders/packing-slips/", views_vendor.slips, name="slips"),
    path("vendor/orders/<code:code>/packing-slip/", views_vendor.slip, name="slip"),
]
