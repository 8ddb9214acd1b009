"""Paths of vendors' pages."""

from django.urls import path

from vendors import views

app_name = "vendors"
urlpatterns = [
    path("register/vendor/", views.register, name="register"),
    path("vendor/documents/", views.documents, name="documents"),
    path("vendor/profile/", views.profile, name="profile"),
    path("vendor/documents/<uuid:pk>/", views.document, name="document"),
    path("vendors/<code:code>-<slug:slug>/", views.storefront, name="storefront"),
]
