"""Which answers are ready for anybody: their paths, what they show, and for how long that is good enough."""

from aqad.appearance import COOKIE
from catalog import cache
from core.ready import Ready

THEME = (COOKIE,)
BOTH = (cache.GOODS, cache.SHELVES)


def _brief() -> float:
    return cache.BRIEF


def _long() -> float:
    return cache.LONG


READY = (
    Ready(r"/api/products/?$", BOTH, _brief, open=True),
    Ready(r"/api/categories/?$", (cache.SHELVES,), _long, open=True),
    Ready(r"/api/brands/?$", (cache.SHELVES,), _long, open=True),
    Ready(r"/api/products/(P\d{1,18})/?$", (cache.SHELVES,), _long, facts=cache.state_of),
    Ready(r"/catalog/$", BOTH, _brief, variants=THEME),
    Ready(r"/catalog/(P\d{1,18})-[\w-]+/$", (cache.SHELVES,), _brief, facts=cache.state_of, variants=THEME),
    Ready(r"/vendors/V\d{1,18}-[\w-]+/$", BOTH, _brief, variants=THEME),
    Ready(r"/$", BOTH, _brief, variants=THEME),
)
