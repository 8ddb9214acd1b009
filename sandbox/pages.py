"""The cardholder's pages: plain HTML that needs no script, under a policy that allows none."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup
from werkzeug import Request, Response

from sandbox.cards import CARDS, FIELDS
from sandbox.money import readable
from sandbox.sessions import Session
from sandbox.words import LANGUAGES

TEMPLATES = Path(__file__).with_name("templates")
Words = Mapping[str, str]


def language(request: Request) -> Words:
    """The cardholder's words: `?lang=` first, then what the browser prefers, then English."""
    liked = [tag.partition("-")[0].lower() for tag, _ in request.accept_languages]
    wanted = [request.args.get("lang", ""), *liked, "en"]
    return next(LANGUAGES[tag] for tag in wanted if tag in LANGUAGES)


def card_page(
    words: Words, session: Session, typed: Mapping[str, str], faults: Mapping[str, str]
) -> Response:
    """The form; with faults it comes back with what was typed, but never the CVC."""
    kept = {name: "" if name == "cvc" else typed.get(name, "") for name in FIELDS}
    main = _fill(
        "pay.html",
        words,
        **_facts(words, session),
        rows=Markup("").join(_card_row(words, number) for number in CARDS),
        alert=_fill("alert.html", words) if faults else "",
        **{f"{name}_value": value for name, value in kept.items()},
        **{f"{name}_fault": _fault(words, name, faults) for name in FIELDS},
        **{f"{name}_state": _state(name, faults) for name in FIELDS},
    )
    return _page(words, words["title"], main, 422 if faults else 200, session)


def ended_page(words: Words, session: Session, status: int) -> Response:
    """What a session that is over says, with the way back."""
    more = words[f"{session.status}_more"]
    head = words[session.status]
    main = _fill("ended.html", words, **_facts(words, session), head=head, more=more, state=session.status)
    return _page(words, head, main, status, session)


def absent_page(words: Words) -> Response:
    """No such session, and no way back that could be known."""
    main = _fill("absent.html", words)
    return _page(words, words["absent"], main, 404, None)


def way_back(session: Session) -> str:
    """The merchant's page, with hints it must not trust."""
    query = urlencode({"reference": session.reference, "session": session.id})
    address, _, fragment = session.return_url.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{query}" + (f"#{fragment}" if fragment else "")


def _facts(words: Words, session: Session) -> dict[str, str]:
    money = readable(session.captured_amount or session.amount, session.captured_currency or session.currency)
    action = f"/pay/{session.id}?lang={words['lang']}"
    return {"money": money, "number": session.reference, "action": action, "return_to": way_back(session)}


def _card_row(words: Words, number: str) -> Markup:
    card = CARDS[number]
    return _fill(
        "card.html", words, grouped=card.grouped, does=words[card.does], outcome=card.failure or "paid"
    )


def _fault(words: Words, name: str, faults: Mapping[str, str]) -> Markup | str:
    return _fill("fault.html", words, name=name, fault=words[faults[name]]) if name in faults else ""


def _state(name: str, faults: Mapping[str, str]) -> Markup:
    described = [f"{name}_hint"] if name != "card_number" else []
    described += [f"{name}_fault"] if name in faults else []
    invalid = Markup('aria-invalid="true" ') if name in faults else Markup("")
    return invalid + (Markup('aria-describedby="{}"').format(" ".join(described)) if described else "")


def _fill(template: str, words: Words, **facts: str) -> Markup:
    return Markup((TEMPLATES / template).read_text(encoding="utf-8")).format(**words, **facts)


def _page(words: Words, head: str, main: Markup, status: int, session: Session | None) -> Response:
    html = _fill("page.html", words, head=head, main=main)
    response = Response(html, status, mimetype="text/html")
    response.headers.update(_guards(session))
    response.headers["Content-Language"] = words["lang"]
    response.vary.add("Accept-Language")
    return response


def _guards(session: Session | None) -> dict[str, str]:
    """Browsers hold the redirect after a form to `form-action` too, so the way back is named in it."""
    shop = f" {_origin(session.return_url)}" if session else ""
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self'{shop}",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
