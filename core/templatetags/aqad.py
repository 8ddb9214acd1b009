"""Template tags and filters of every page: icons, money, times, statuses, and components with a slot."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core import desk, words
from core.lifecycle import Move, Moving
from core.money import in_words

from .statuses import ENDED, STEPS, look

register = template.Library()

DUBAI = ZoneInfo("Asia/Dubai")
TIME_FORMATS = {"": "j M Y, H:i", "date": "j M Y", "time": "H:i", "long": "l j F Y, H:i"}
DIRECTIONAL = {
    "arrow-left",
    "arrow-right",
    "chevron-left",
    "chevron-right",
    "logout",
    "login",
    "truck-delivery",
}
ALERTS = {"error": "danger", "debug": "info"}
ALERT_ICONS = {"success": "circle-check", "warning": "alert-triangle", "danger": "alert-circle"}


@register.simple_tag
def icon(name: str, label: str | Promise = "", css: str = "") -> SafeString:
    """An icon of the sprite. Silent for screen readers unless it carries a label; arrows turn round in RTL."""
    classes = " ".join(filter(None, ["icon", "icon-flip" if name in DIRECTIONAL else "", css]))
    voice = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"/></svg>',
        classes,
        voice,
        static("img/icons.svg"),
        name,
    )


@register.filter
def aed(amount: Decimal | str | None) -> str:
    """12.5 → AED 12.50, or 12.50 د.إ. in Arabic; Western digits in both."""
    if amount is None or amount == "":
        return ""
    return SafeString(f'<bdi class="money">{in_words(Decimal(amount))}</bdi>')  # nosec B703  (digits)


@register.filter
def when(moment: datetime | date | None, style: str = "") -> str:
    """A moment in Dubai, short and in the reader's language. style: date, time or long."""
    if not moment:
        return ""
    if isinstance(moment, datetime):
        local = timezone.localtime(moment, DUBAI)
        text = date_format(local, TIME_FORMATS[style])
    else:
        text = date_format(moment, TIME_FORMATS["date"])
    if (get_language() or "").startswith("ar"):
        text = text.replace(",", "،")
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


@register.simple_tag
def status(value: object, kind: str = "") -> SafeString:
    """A badge. kind (payment, refund, delivery, document, product) picks the words where they differ."""
    shown = look(value, kind)
    return format_html('<span class="status-badge tone-{}">{}</span>', shown.tone, shown.label)


@register.filter
def status_label(value: object, kind: str = "") -> str | Promise:
    return look(value, kind).label


@register.inclusion_tag("components/progress.html")
def progress(value: object, cash: bool = False, reached: object = "placed") -> dict[str, Any]:
    """The way of an order. cash leaves payment out; reached says how far an order came that ended early."""
    steps = list(STEPS[1:] if cash else STEPS)
    now, ended = str(value), str(value) in ENDED
    last = str(reached) if ended else now
    at = steps.index(last) if last in steps else 0
    if ended:
        at = 0 if now in {"failed", "expired"} else at
        shown = [*((name, "done") for name in steps[: at + 1]), (now, "ended")]
    else:
        final = now == STEPS[-1]
        state = ["done" if i < at or final else "current" if i == at else "todo" for i in range(len(steps))]
        shown = list(zip(steps, state, strict=True))
    rows = [{"name": name, "label": look(name).label, "state": state} for name, state in shown]
    position = len(rows) if ended else at + 1
    return {"steps": rows, "label": look(now).label, "position": position, "total": len(rows), "ended": ended}


@register.inclusion_tag("components/progress_line.html")
def progress_line(value: object, method: object = "card") -> dict[str, Any]:
    """The way of an order in a list: a line of steps beside its badge."""
    return progress(value, cash=str(method) != "card")


@register.inclusion_tag("components/move_form.html")
def move_form(url: str, label: str | Promise, style: str = "primary", **options: Any) -> dict[str, Any]:
    """A button that makes a move. Options: reason, confirm, hint, icon, name, value (see the component)."""
    return {"url": url, "label": label, "style": style, **options}


@register.simple_block_tag
def page_header(content: str, title: str | Promise, **options: Any) -> str:
    """Title row with its actions between the tags. Options: subtitle, eyebrow, back, back_label, badge, live."""
    return render_to_string(
        "components/page_header.html",
        {"title": title, "actions": SafeString(content.strip()), **options},  # nosec B703
    )


@register.simple_block_tag
def panel(content: str, title: str | Promise = "", **options: Any) -> str:
    """A white card round its content. Options: subtitle, icon, link, link_label, flush, tone, id."""
    return render_to_string("components/panel.html", {"title": title, "content": content, **options})


@register.filter
def alert_tone(tags: str) -> str:
    """The colour of a Django message: its level, said in our words."""
    level = tags.split()[-1] if tags else "info"
    return ALERTS.get(level, level)


@register.filter
def alert_icon(tone: str) -> str:
    return ALERT_ICONS.get(tone, "info-circle")


@register.filter
def initials(name: str) -> str:
    """Ahmed Foods LLC → AF, for a business without a logo."""
    return "".join(word[0] for word in str(name).split()[:2]).upper()


@register.filter
def why(note: str) -> str:
    """A note of an event; the codes of a gateway become words."""
    return words.why(note)


@register.filter
def headline(event_name: str) -> str:
    """An event's name in the words of a timeline: order.accept → Accepted."""
    return words.headline(event_name)


@register.filter
def moves(thing: Moving, user: Any) -> list[Move]:
    """The moves open to this user: the buttons beside a thing in a list."""
    return thing.moves_for(user)


@register.filter
def desk_link(code: str) -> str:
    """A readable id, as a link to where staff look at it."""
    return desk.linked(str(code))
