"""Paths of everybody's pages."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<uuid:pk>/read/", views.read, name="read"),
    path("account/", views.profile, name="profile"),
    path("admin/login/", views.staff_door, name="staff_door"),
]
