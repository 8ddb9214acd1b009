"""Staff look after people."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import User

admin.site.unregister(Group)


@admin.register(User)
class PeopleAdmin(UserAdmin):  # type: ignore[type-arg]
    """People and their roles."""

    ordering = ("email",)
    list_display = ("email", "name", "role", "is_active")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name", "membership__business__name", "membership__business__id")
    fieldsets = (
        (None, {"fields": ("email", "name", "phone", "role", "language", "is_active", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "role", "password1", "password2")}),)
    readonly_fields = ("role",)
    filter_horizontal = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
