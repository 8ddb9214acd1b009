"""People and the parties they work for. A business is the owner of everything; people join it."""

from accounts.models.business import Business, BusinessQuerySet, Emirate, next_code
from accounts.models.entering import Failure, SignIn
from accounts.models.inbox import Letter, Notification
from accounts.models.people import EMAIL_TAKEN, HUMAN_ROLES, Invitation, Membership, User

__all__ = [
    "EMAIL_TAKEN",
    "HUMAN_ROLES",
    "Business",
    "BusinessQuerySet",
    "Emirate",
    "Failure",
    "Invitation",
    "Letter",
    "Membership",
    "Notification",
    "SignIn",
    "User",
    "next_code",
]
