"""Every path of the market."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

import accounts.views
import core.paths  # noqa: F401  (registers <code:…>)
from aqad import appearance, health, home, media, metrics, styleguide
from aqad.api import api

urlpatterns = [
    path("", home.home, name="home"),
    path("api/", api.urls),
    path("", include("catalog.urls")),  # asked for most
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("media/<path:name>", media.public, name="media"),
    path("i18n/setlang/", accounts.views.set_language, name="set_language"),
    path("theme/", appearance.choose, name="set_theme"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("accounts/signup/", RedirectView.as_view(pattern_name="retailers:register"), name="account_signup"),
    path("accounts/second-factor/", include("allauth.mfa.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("vendors.urls")),
    path("", include("retailers.urls")),
    path("", include("orders.urls")),
    path("", include("payments.urls")),
    path("", include("logistics.urls")),
]

handler400 = "core.failures.malformed"
handler500 = "core.failures.broken"
