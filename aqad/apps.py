"""Django Admin, arranged for the work."""

import django.contrib.admin.apps as admin


class DeskConfig(admin.AdminConfig):
    """Django's Admin with our front page and our words."""

    default = False
    default_site = "aqad.desk.Desk"

    def ready(self) -> None:
        from aqad.columns import name_columns

        super().ready()
        name_columns()
