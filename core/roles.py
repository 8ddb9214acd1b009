"""Who somebody is towards a thing: the words of every "who may" in the market."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """One per user; `SYSTEM` is AQAD itself (workers, callbacks, sweepers) and nobody's login."""

    VENDOR = "vendor", _("Vendor")
    RETAILER = "retailer", _("Retailer")
    DISPATCHER = "dispatcher", _("Dispatcher")
    DRIVER = "driver", _("Driver")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("AQAD")
