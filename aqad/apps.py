"""Django Admin, arranged for the work."""

import django.contrib.admin.apps as admin


class DeskConfig(admin.AdminConfig):
    """Django's Admin with our front page."""

    default = False
    default_site = "aqad.desk.Desk"
