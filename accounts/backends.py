"""Who signs in: Django's own backend, with the business fetched in the same query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class EmailBackend(ModelBackend):
    """E-mail and password; inactive people stay out."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("membership__business").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
