"""Paths of deliveries."""

from django.urls import path

from logistics import views

app_name = "logistics"
urlpatterns = [
    path("driver/", views.mine, name="mine"),
    path("driver/<code:code>/", views.delivery, name="delivery"),
    path("driver/<code:code>/moves/<slug:move>/", views.move, name="move"),
    path("carrier/", views.board, name="board"),
    path("carrier/<code:code>/assign/", views.assign, name="assign"),
    path("carrier/<code:code>/unlock/", views.unlock, name="unlock"),
    path("deliveries/<code:code>/photo/", views.photo, name="photo"),
]
