"""Paths of deliveries."""

from django.urls import path

from logistics import views, views_desk, views_phone

app_name = "logistics"
urlpatterns = [
    path("driver/", views.mine, name="mine"),
    path("driver/manifest.webmanifest", views_phone.manifest, name="manifest"),
    path("driver/sw.js", views_phone.worker, name="worker"),
    path("driver/who/", views_phone.who, name="who"),
    path("driver/<code:code>/", views.delivery, name="delivery"),
    path("driver/<code:code>/moves/<slug:move>/", views.move, name="move"),
    path("carrier/", views_desk.board, name="board"),
    path("carrier/<code:code>/assign/", views_desk.assign, name="assign"),
    path("carrier/<code:code>/unlock/", views_desk.unlock, name="unlock"),
    path("deliveries/<code:code>/photo/", views.photo, name="photo"),
]
