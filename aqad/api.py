"""The REST API, put together. OpenAPI at `/api/openapi.json`, readable at `/api/docs` from our own assets."""

from ninja import NinjaAPI, Swagger

import accounts.api
import accounts.api_team
import catalog.api
import logistics.api
import orders.api
import payments.api
import retailers.api
import vendors.api
from core.api import Json, install_refusals

api = NinjaAPI(
    title="AQAD",
    version="1",
    description="Wholesale marketplace. Amounts are AED as decimal strings, times are UTC.",
    docs=Swagger(settings={"persistAuthorization": False}),
    urls_namespace="api",
    parser=Json(),
)
install_refusals(api)
api.add_router("/orders", orders.api.router)  # first, since a path is looked for from the top
api.add_router("/vendor", vendors.api.router)
api.add_router("/retailer", retailers.api.router)
api.add_router("/auth", accounts.api.router)
api.add_router("/notifications", accounts.api.news)
api.add_router("/team", accounts.api_team.router)
api.add_router("/invitations", accounts.api_team.invited)
api.add_router("/addresses", retailers.api.addresses)
api.add_router("/payments", payments.api.router)
api.add_router("/deliveries", logistics.api.router)
api.add_router("", catalog.api.router)
