"""Paths of orders."""

from django.urls import path

from orders import views

app_name = "orders"
urlpatterns = [
    path("cart/", views.cart, name="cart"),
    path("cart/<code:code>/", views.put, name="put"),
    path("orders/", views.orders, name="list"),
    path("orders/<code:code>/", views.order, name="order"),
    path("orders/<code:code>/reorder/", views.reorder, name="reorder"),
    path("orders/<code:code>/moves/<slug:move>/", views.move, name="move"),
    path("vendor/", views.dashboard, name="dashboard"),
    path("vendor/orders/", views.incoming, name="incoming"),
]
