"""Paths of paying."""

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("checkout/", views.checkout, name="checkout"),
    path("payments/return/", views.back, name="return"),
    path("payments/<code:code>/", views.pay, name="pay"),
]
