"""Paths of retailers' pages."""

from django.urls import path

from retailers import views

app_name = "retailers"
urlpatterns = [
    path("register/retailer/", views.register, name="register"),
    path("retailers/<code:code>/licence/", views.licence, name="licence"),
    path("addresses/", views.addresses, name="addresses"),
    path("addresses/hand-over/", views.hand_over, name="hand_over"),
]
