"""Paths of everybody's pages."""

from django.urls import path

from accounts import views, views_entering, views_team

app_name = "accounts"
urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<uuid:pk>/read/", views.read, name="read"),
    path("account/", views.profile, name="profile"),
    path("account/edit/", views.edit, name="edit"),
    path("account/business/", views.business, name="business"),
    path("account/mail/", views.mail, name="mail"),
    path("account/steps/hide/", views.hide_steps, name="hide_steps"),
    path("account/confirm-email/", views.confirm_email, name="confirm_email"),
    path("account/sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/sessions/", views_entering.sessions, name="sessions"),
    path("account/sessions/end/", views_entering.end_others, name="end_others"),
    path("account/sessions/<uuid:pk>/end/", views_entering.end, name="end_session"),
    path("account/come-in/<str:token>/", views_entering.come_in, name="come_in"),
    path("account/team/", views_team.members, name="team"),
    path("account/team/invitations/<uuid:pk>/withdraw/", views_team.withdraw, name="withdraw"),
    path("account/team/<uuid:pk>/deactivate/", views_team.dismiss, name="dismiss"),
    path("invitation/<str:token>/", views_team.join, name="join"),
    path("admin/login/", views.staff_door, name="staff_door"),
]
