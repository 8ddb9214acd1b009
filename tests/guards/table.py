# ruff: noqa: E501
"""The guards: where each stands, what it looks like when it is taken away, and the tests that must notice.

A guard of the schema is taken out of its migration, the others out of the code. Each row is tried alone.
"""

from __future__ import annotations

from typing import NamedTuple


class Guard(NamedTuple):
    """A protective line: `old` stands in `file` and becomes `new`; `tests` are what pytest is asked to run."""

    name: str
    file: str
    old: str
    new: str
    tests: str


RACES = "tests/test_races.py"
PAY = "payments/tests/test_paying.py"
CALL = "payments/tests/test_callbacks.py"
ASK = "payments/tests/test_asking.py"
ORDER = "orders/tests/test_ordering.py"
TABLE = "tests/test_lifecycles.py"
DOORS = "tests/test_doors.py"
KEYS = "core/tests/test_idempotency.py"
TOKENS = "accounts/tests/test_refresh.py"
ACCESS = "accounts/tests/test_access_tokens.py"
FAILED = "accounts/tests/test_failed_sign_ins.py"
FACTOR = "accounts/tests/test_second_factor.py"
FILES = "core/tests/test_files.py"
HOSTILE = "core/tests/test_hostile_files.py"
UPLOADS = "tests/test_hostile_uploads.py"
DROP = "logistics/tests"
SCHEMA = "tests/test_audit.py tests/test_schema_refuses.py"

GUARDS = [
    # --- Stock
    Guard("hold only what is free", "catalog/stock.py", " AND on_hand >= reserved + $2", "", f"{RACES} {ORDER}"),
    Guard("holds in one order", "catalog/stock.py", "    return sorted(takes)", "    return list(takes)", f"{RACES} -k one_order_whatever"),
    Guard("corrections leave what is promised", "catalog/stock.py", "on_hand__gte=F(\"reserved\") - change", "on_hand__gte=0", "catalog/tests/test_keeping.py"),
    Guard("one product wished twice is one line", "orders/pricing.py", "wanted[int(digits)] += wish.quantity", "wanted[int(digits)] = wish.quantity", ORDER),
    Guard("a line knows what became of its hold", "orders/actions.py", "    _mark(held, Hold.RELEASED)", "    _mark(held, Hold.HELD)", f"{RACES} -k twenty_times"),
    # --- Orders
    Guard("prices are as expected", "orders/actions.py", "if expected_total is not None and expected_total != total:", "if False:", ORDER),
    Guard("an empty shelf is refused before anything is written", "orders/actions.py", "for group in groups for each in group.short", "for group in () for each in group.short", f"{ORDER} -k crowd"),
    Guard("smallest quantity and step", "orders/pricing.py", "    if quantity < product.least:", "    if False:", f"{ORDER} orders/tests/test_basket.py"),
    Guard("unpaid is called off as a whole", "orders/actions.py", "orders if unpaid else [row]", "[row]", "orders/tests payments/tests/test_several_vendors.py"),
    Guard("vendors see no unpaid orders", "orders/models.py", "given=(\"placed_at\",)", "given=()", f"{TABLE} -k awaiting"),
    Guard("a rejection says why", "orders/actions.py", "    if not note:", "    if False:", f"{TABLE} {ORDER} tests/contract/test_orders.py"),
    Guard("a basket is ordered once", "orders/cart.py", "    lines = list(mine.select_for_update(of=(\"self\",)))", "    lines = list(mine)", "payments/tests/test_double_clicks.py"),
    Guard("of additions at once each counts", "orders/cart.py", "    Retailer.objects.select_for_update(no_key=True, of=(\"self\",)).get(pk=by.business_id)", "    ...", "payments/tests/test_double_clicks.py"),
    Guard("few unpaid orders at a time", "payments/actions.py", "    if unpaid >= settings.OPEN_ORDERS_CAP:", "    if False:", ORDER),
    Guard("one shop's unpaid orders are counted one by one", "payments/actions.py", "by.business_id if counted else None", "None", f"{RACES} -k crowd"),
    # --- Lifecycles
    Guard("a move from its status only", "core/lifecycle.py", "            if status in move.sources:", "            if True:", f"{TABLE} -k placed"),
    Guard("a move by its roles only", "core/lifecycle.py", "        if not mine_too:", "        if False:", f"{TABLE} -k placed"),
    Guard("a stranger finds nothing", "core/lifecycle.py", "        if not mine or not named:", "        if not named:", f"{TABLE} -k strangers"),
    # --- Money
    Guard("the right amount and currency", "payments/settling.py", "    right = (amount, currency) == (payment.amount, payment.currency)", "    right = True", f"{PAY} -k wrong"),
    Guard("late money does not pay", "payments/settling.py", "right and len(waiting) == len(every)", "right", f"{PAY} {RACES}"),
    Guard("captured is a one-way door", "payments/settling.py", "    if payment.status not in OPEN:\n        return\n", "", PAY),
    Guard("money is counted once", "payments/settling.py", "    if payment.status == PaymentStatus.CAPTURED:\n        return\n    amount", "    amount", PAY),
    Guard("no more back than came", "payments/settling.py", "captured__gte=F(\"refunding\") + amount", "captured__gte=0", f"payments/tests/test_refunding.py {RACES}"),
    Guard("an order's money goes back once", "payments/actions.py", "    if order.refunds.exclude(status=RefundStatus.FAILED).exists():\n        return\n", "", "payments/tests/test_several_vendors.py"),
    Guard("cash is not refunded by a gateway", "payments/actions.py", "    if payment.method != PaymentMethod.CARD:\n        raise Invalid", "    if False:\n        raise Invalid", "payments/tests/test_refunding.py"),
    Guard("a capture says how much", "payments/gateways/base.py", "not (CURRENCY.fullmatch(self.currency) and _is_money(self.amount))", "False", f"{CALL} {ASK}"),
    Guard("a fact has words that can be kept", "payments/gateways/base.py", "        if not (_is_kept(self.why) and _is_kept(self.ref)):", "        if False:", CALL),
    Guard("an odd reference blocks no callback", "payments/callbacks.py", "printable(notice.payment, 100)", "notice.payment[:100]", CALL),
    Guard("one payment is in no other's way", "payments/asking.py", "    except Exception:", "    except ZeroDivisionError:", ASK),
    Guard("a turn at a hanging bank ends", "payments/asking.py", "        if time.monotonic() >= end:", "        if False:", ASK),
    Guard("who waits longest is asked about first", "payments/asking.py", "order_by(\"checkout__reserved_until\", \"pk\")", "order_by(\"pk\")", ASK),
    Guard("a page of a dead payment is closed", "payments/actions.py", "    if row.status not in OPEN:  # it", "    if False:  # it", ASK),
    Guard("our own mistakes fail no order", "payments/gateways/sandbox.py", " or answer.status in OUR_FAULT", "", ASK),
    Guard("ask before freeing the stock", "payments/asking.py", "        return gateway(payment.gateway).cancel(payment)\n    except GatewayRefused:\n        return Fact(\"expired\")", "        return Fact(\"expired\")\n    except GatewayRefused:\n        return Fact(\"expired\")", f"{PAY} {ASK}"),
    Guard("a link opens its own payment", "payments/actions.py", "max_age=LINK_SECONDS) == code)", "max_age=LINK_SECONDS) != \"\")", "payments/tests/test_links.py"),
    Guard("declined money is promised again before it counts", "payments/settling.py", "        if _replaced(row) or not _promise(payment, row.amount):", "        if False:", "payments/tests/test_declined_and_paid.py"),
    Guard("an order's refund is not taken up beside another", "payments/settling.py", "        if _replaced(row) or not", "        if not", "payments/tests/test_several_vendors.py"),
    Guard("what was paid back stays paid back", "payments/settling.py", "    if row.status in ON_ITS_WAY:\n        REFUND.step(row, \"fail\"", "    if True:\n        REFUND.step(row, \"fail\"", "payments/tests/test_declined_and_paid.py"),
    # --- Callbacks
    Guard("callbacks are signed", "payments/gateways/sandbox.py", "        if not any(hmac.compare_digest(each, given) for each in right):", "        if False:", CALL),
    Guard("callbacks are fresh", "payments/gateways/sandbox.py", "        if abs(time.time() - moment) > TOLERANCE:", "        if False:", CALL),
    Guard("a callback is kept once", "payments/callbacks.py", "               ON CONFLICT (gateway, event_id) DO NOTHING", "", CALL),
    Guard("a callback is not huge", "payments/callbacks.py", "    if len(body) > LARGEST:", "    if False:", CALL),
    Guard("what is known is not locked for", "payments/settling.py", "    if _is_known(payment, fact):", "    if False:", CALL),
    Guard("poison is parked", "payments/callbacks.py", "        row.update(parked=True, problem=printable(nonsense, 2000))", "        row.update(problem=printable(nonsense, 2000))", CALL),
    Guard("of another gateway's payment", "payments/callbacks.py", "found.get((keys[one.pk] or 0, one.gateway))", "next((row for key, row in found.items() if key[0] == keys[one.pk]), None)", CALL),
    # --- Idempotency and outbox
    Guard("a key belongs to its body", "core/idempotency.py", "    if answered != mark:", "    if False:", KEYS),
    Guard("a key belongs to its owner", "core/idempotency.py", "Answer.objects.get(owner=owner, key=key)", "Answer.objects.filter(key=key).first()", f"{KEYS} {ORDER}"),
    Guard("who waited for a twin looks anew", "core/idempotency.py", "    if claimed and time.monotonic() - began > WAITED:", "    if False:", f"{KEYS} -k anew"),
    Guard("an order needs a key", "core/idempotency.py", "    if not key or len(key) > LONGEST or \"\\x00\" in key:", "    if False:", f"{KEYS} {ORDER} tests/contract/test_orders.py"),
    Guard("a worker takes what nobody holds", "core/events.py", "due.select_for_update(skip_locked=True)", "due", "tests/test_claims.py"),
    Guard("a worker waits for no other", "core/events.py", "select_for_update(skip_locked=True)", "select_for_update()", "tests/test_claims.py"),
    Guard("callbacks are taken once", "payments/callbacks.py", "select_for_update(skip_locked=True)", "select_for_update()", "tests/test_claims.py"),
    Guard("payments are asked about once", "payments/asking.py", "select_for_update(skip_locked=True, no_key=True)", "all()", "tests/test_claims.py"),
    Guard("a deadlock is tried once more", "core/transactions.py", "        except OperationalError as problem:\n            if part or", "        except OperationalError as problem:\n            if True or", "core/tests/test_transactions.py"),
    Guard("only what passes is tried again", "core/transactions.py", "            if part or not isinstance(problem.__cause__, PASSING):", "            if part:", "core/tests/test_transactions.py"),
    Guard("a part is not tried alone", "core/transactions.py", "            if part or not", "            if not", "core/tests/test_transactions.py"),
    Guard("a turn ends before the task is ended", "core/turns.py", "            if time.monotonic() >= end:", "            if False:", "core/tests/test_turns.py"),
    Guard("what a turn did not reach is let go", "core/turns.py", "                let_go(claimed[number:])\n", "", "core/tests/test_turns.py"),
    Guard("what fell due while no scheduler ran", "aqad/scheduler.py", "ends.get(entry.task) or entry.last_run_at", "entry.last_run_at", "tests/test_scheduler.py"),
    Guard("whose lease ended leaves it", "core/events.py", "    if not _noted(MINE, LEASE, reaction.pk, reaction.attempts):", "    if False:", "core/tests/test_outbox.py"),
    Guard("told once", "accounts/inbox.py", ", ignore_conflicts=True", "", ORDER),
    # --- Access
    Guard("an inbox is personal", "accounts/models/inbox.py", "return self.filter(user_id=user.pk)", "return self.all()", "accounts/tests/test_pages.py"),
    Guard("rows are seen by their owners", "core/access.py", "        return self.filter(seen)\n", "        return self\n", DOORS),
    Guard("programs of inactive businesses stop", "core/api.py", "        if user is None or not user.may_work:", "        if user is None:", ACCESS),
    Guard("an operation has its roles", "core/api.py", "        if self.roles and user.role not in self.roles:", "        if False:", DOORS),
    Guard("a refresh token works once", "accounts/tokens.py", "Session.objects.select_for_update().filter", "Session.objects.filter", TOKENS),
    Guard("a replay ends the family", "accounts/tokens.py", "                family.delete()\n", "", TOKENS),
    Guard("only the active refresh", "accounts/tokens.py", "            if user is None or not user.may_work:", "            if user is None:", f"{TOKENS} {ACCESS}"),
    Guard("addresses as the proxies tell them", "core/limits.py", "hops[-trusted] if 0 < trusted <= len(hops)", "hops[0] if hops", "core/tests/test_limits.py"),
    Guard("unknown fields are refused", "core/api.py", "ConfigDict(extra=\"forbid\")", "ConfigDict(extra=\"ignore\")", "tests/contract/test_every_answer.py"),
    Guard("a token is worth its session", "accounts/bearing.py", ", expire_date__gt=Now()", "", ACCESS),
    Guard("a token is its person's", "accounts/bearing.py", "session.get(SESSION_KEY) != str(user.pk)", "False", ACCESS),
    Guard("a token that is remembered ends in time", "accounts/bearing.py", "signed.until > time.time() and ", "", f"{ACCESS} -k taken_before"),
    Guard("a token ends with the password", "accounts/bearing.py", "    return any(constant_time_compare(mark, each) for each in hashes)", "    return True", ACCESS),
    # --- Coming in
    Guard("a try is counted before it is looked at", "accounts/attempts.py", "    WHERE row.until <= clock_timestamp()\n", "", FAILED),
    Guard("a pause is the guesser's own", "accounts/attempts.py", "return Tries(_hashed(email.strip().lower()), client_network(request), PASSWORDS)", "return Tries(_hashed(email.strip().lower()), \"0.0.0.0/0\", PASSWORDS)", FAILED),
    Guard("the many are stopped too", "accounts/attempts.py", "            raise ByLink(", "            return ByLink(", FAILED),
    Guard("a mailed way in works once", "accounts/entering.py", "return user if user and constant_time_compare(mark, _mark(user)) else None", "return user", FAILED),
    Guard("a code works once", "accounts/second.py", "if number > last and constant_time_compare", "if constant_time_compare", FACTOR),
    Guard("codes are not guessed", "accounts/second.py", "    tries.begin()\n", "", FACTOR),
    Guard("programs are asked for the second factor", "accounts/tokens.py", "    if not second.has(user):", "    if True:", f"{FACTOR} tests/contract/test_sign_up_and_in.py"),
    Guard("staff need one at the desk", "accounts/middleware.py", "and second.lacks(user):", "and False:", FACTOR),
    Guard("staff need one for a token", "accounts/tokens.py", "    if second.lacks(user):", "    if False:", FACTOR),
    Guard("nobody resets their own", "accounts/actions.py", "    if user.pk == by.pk:\n        raise WrongMoment(_(\"Ask", "    if False:\n        raise WrongMoment(_(\"Ask", FACTOR),
    Guard("sessions are one's own", "accounts/models/entering.py", "self.filter(user_id=user.pk, mark=user.get_session_auth_hash())", "self.all()", "accounts/tests/test_sessions.py"),
    Guard("another role ends everything", "accounts/models/people.py", ":{self.sign_outs}:{self.role}\"", ":{self.sign_outs}\"", "accounts/tests/test_sessions.py"),
    Guard("pages know two methods", "core/middleware.py", "if request.method in self.KNOWN or request.path", "if True or request.path", DOORS),
    # --- Files
    Guard("files of known kinds", "core/files.py", "if suffix in EXTENSIONS[kind]), None)", "), None)", f"{FILES} {HOSTILE}"),
    Guard("no scripts in papers", "core/pdf.py", "        if ACTIVE.search(part):", "        if False:", HOSTILE),
    Guard("secrets leave the log", "core/logs.py", "    return {key: hidden(value, key) for key, value in entry.items()}", "    return entry", "tests/test_canaries.py -k link_that_opens"),
    Guard("examples' keys are refused", "aqad/production.py", "keys.weak_key(key)", "not key", "tests/test_production_settings.py"),
    Guard("unknown methods end at the door", "core/middleware.py", "        known = request.method in self.METHODS", "        known = True", "tests/test_headers.py -k nobody_listens"),
    Guard("a lower layer's complaint is 400", "core/edge.py", "    if isinstance(problem, HOSTILE):", "    if False:", "tests/test_error_pages.py -k bug"),
    Guard("packed objects are looked into", "core/pdf.py", "        if _holds_objects(facts) and (filters := FILTER.findall(facts)):", "        if False and (filters := FILTER.findall(facts)):", HOSTILE),
    Guard("a link is one person's", "core/links.py", "    return [request.path, str(request.user.pk)]", "    return [request.path]", f"{UPLOADS} -k link"),
    Guard("a link lasts a minute", "core/links.py", "signing.loads(given, salt=SALT, max_age=LASTS)", "signing.loads(given, salt=SALT)", f"{UPLOADS} -k link"),
    Guard("an unknown word of the scanner is no", "core/scanner.py", "    if told != \"stream: OK\":", "    if not told:", "core/tests/test_scanner.py"),
    Guard("papers are counted", "vendors/actions.py", "        _refuse_hoard(vendor, paper)\n", "", f"{UPLOADS} -k keeps_at_most"),
    Guard("pixels are counted before decoding", "core/files.py", "    if max(drawn.size) > LARGEST_SIDE or", "    if False and", FILES),
    # --- The door
    Guard("the shop's own code", "logistics/actions.py", "or handover.fits(row.pk, row.salt, code)", "or True", f"{DROP}/test_handover_code.py"),
    Guard("codes are not guessed", "logistics/actions.py", "    if row.is_locked:\n        raise WrongMoment(", "    if False:\n        raise WrongMoment(", f"{DROP}/test_handover_code.py {DROP}/test_races.py"),
    Guard("the cash that is due", "logistics/actions.py", "    if (cash or 0) != (row.cash_due or 0):", "    if False:", f"{DROP}/test_proof.py {DROP}/test_cash.py"),
    Guard("a delivery is taken once", "logistics/actions.py", "    if row.driver_id not in (None, by.pk):", "    if False:", f"{DROP}/test_assigning.py {DROP}/test_races.py"),
    Guard("drivers of the carrier only", "logistics/actions.py", "    if not theirs.select_for_update(no_key=True, of=(\"self\",)).filter(pk=driver.pk).exists():", "    if False:", f"{DROP}/test_assigning.py"),
    # --- What the schema refuses
    Guard("CHECK stock_never_oversold", "catalog/migrations/0001_initial.py", "models.Q(('reserved__lte', models.F('on_hand')))", "models.Q(('reserved__gte', 0))", f"{RACES} -k schema"),
    Guard("TRIGGER history is append-only", "core/migrations/0002_schema_refuses.py", "        append_only(\"core_event\"),\n", "", SCHEMA),
    Guard("TRIGGER the ledger is append-only", "catalog/migrations/0002_schema_refuses.py", ", append_only(\"catalog_movement\")", "", SCHEMA),
    Guard("TRIGGER history goes on where it stood", "core/migrations/0004_histories_follow.py", "OR last.after <> NEW.before", "", SCHEMA),
    Guard("CHECK movements have the signs of their kind", "catalog/migrations/0005_signs_of_movements.py", "('kind', 'hold'), ('on_hand', 0), ('reserved__gt', 0)", "('kind', 'hold')", SCHEMA),
    Guard("TRIGGER an order is the sum of its lines", "orders/migrations/0004_orders_add_up.py", "    IF (NEW.subtotal, NEW.vat) IS DISTINCT FROM", "    IF false AND (NEW.subtotal, NEW.vat) IS DISTINCT FROM", SCHEMA),
    Guard("TRIGGER a line is of the order's vendor", "orders/migrations/0004_orders_add_up.py", "WHERE product.vendor_id <> goods.vendor_id LIMIT 1", "WHERE false LIMIT 1", SCHEMA),
    Guard("a connection is believed for a moment", "core/postgresql/base.py", "if time.monotonic() - self._worked_at < TRUSTED:", "if True:", "core/tests/test_postgresql.py"),
    Guard("what failed is prepared anew", "core/postgresql/base.py", "prepared.kept = status == TransactionStatus.INTRANS", "prepared.kept = True", "core/tests/test_postgresql.py"),
    # --- Seeing
    Guard("details only for those inside", "aqad/health.py", "if parts[\"database\"] and inside(request):", "if parts[\"database\"]:", "tests/contract/test_pages.py -k machines"),
    Guard("shapes without values", "core/statements.py", "LITERAL.sub(\"'…'\", sql)", "sql", "tests/test_sight.py -k shape"),
    Guard("reports without anybody's words", "aqad/reports.py", "one[\"value\"] = plain(str(one.get(\"value\", \"\")))", "pass", "tests/test_reports_and_traces.py"),
    Guard("traces without addresses", "aqad/traces.py", "span.set_attribute(name, route_of(request))", "pass", "tests/test_reports_and_traces.py"),
    Guard("an investigation can't write", "aqad/diagnosis/grammar.py", "cursor.execute(\"SET TRANSACTION READ ONLY\")", "cursor.execute(\"SELECT 1\")", "tests/diagnosis/test_inventory.py -k nothing"),
    Guard("a backup has every table", "aqad/backups.py", "if missing := set(", "if missing := set() and set(", "tests/test_backup.py"),
    Guard("a backup is what it was", "aqad/backups.py", "if digest != beside.read_text().split()[0]:", "if not digest:", "tests/test_backup.py"),
    # --- The way to production
    Guard("production refuses what is unsafe", "aqad/settings/environment.py", "if not DEMO and not TESTING and (wrong", "if DEMO and not TESTING and (wrong", "tests/test_production_settings.py"),
    Guard("what a client says of itself is replaced", "deploy/nginx.conf", "X-Forwarded-For $remote_addr", "X-Forwarded-For $proxy_add_x_forwarded_for", "tests/test_proxy.py -k replaced"),
    Guard("figures stay inside", "deploy/nginx.conf", "location ^~ /metrics { return 404; }", "", "tests/test_proxy.py -k machines"),
    Guard("a POST is sent once", "deploy/nginx.conf", "proxy_next_upstream error;", "proxy_next_upstream error non_idempotent;", "tests/test_proxy.py -k twice"),
    Guard("bodies are bounded at the door", "deploy/nginx.conf", "client_max_body_size {{ largest }};", "client_max_body_size 0;", "tests/test_proxy.py -k bounded"),
    Guard("a busy table is asked for again", "core/management/commands/migrate.py", "if not left or not isinstance", "if left or not isinstance", "core/tests/test_migrate.py -k asked"),
    Guard("one migrates at a time", "core/management/commands/migrate.py", "SELECT pg_advisory_lock(%s)", "SELECT %s", "core/tests/test_migrate.py -k after_the_other"),
    Guard("secrets of the composition have no default", "compose.yaml", " SECRET_KEY: ${SECRET_KEY:?}", " SECRET_KEY: ${SECRET_KEY:-aqad}", "tests/test_production_files.py"),
    # --- Ready answers
    Guard("who is known gets no ready answer", "core/ready.py", "    return not known and \"messages\" not in cookies", "    return True", "catalog/tests/test_ready.py -k 'anothers or message'"),
    Guard("a copy is of its version", "core/copies.py", "good = found is not None and found[:length] == told.encode()", "good = found is not None", "catalog/tests/test_ready.py -k change"),
    Guard("a ready answer is of its version", "core/ready.py", " and known.words == copies.lately(ready.spaces)", "", "catalog/tests/test_ready.py -k another_process"),
    Guard("the door gives what is of its version", "core/ready.py", "    if known.words != copies.believed(place.ready.spaces):", "    if False:", "catalog/tests/test_ready.py catalog/tests/test_door.py -k 'another_process or after_a_moment'"),
    Guard("the door gives what the row said just now", "core/ready.py", "    if facts and glances.lately((facts, place.subject), GLANCE) != place.facts:", "    if False:", "catalog/tests/test_ready.py catalog/tests/test_door.py -k 'glance or after_a_moment'"),
    Guard("the door gives nothing to who asks for more", "core/places.py", "\"HTTP_COOKIE\", *ASKING_MORE,", "", "catalog/tests/test_door.py -k more"),
    Guard("a choice of looks comes from our pages", "core/pages.py", "if request.method == \"POST\" and _from_elsewhere(request):", "if False:", "catalog/tests/test_ready.py -k choice"),
    # --- Forgetting
    Guard("the outbox forgets only what is old", "core/tidying.py", " if done_at and done_at < edge]", "]", "core/tests/test_tidying.py -k outbox"),
    # --- Doors, further
    Guard("who is shut out is out", "accounts/team.py", "is_active=False, sign_outs=F(\"sign_outs\") + 1", "is_active=False", "accounts/tests/test_leaving.py"),
    Guard("nobody is the last to leave", "accounts/team.py", "        if not _others(business, member).exists():", "        if False:", "accounts/tests/test_leaving.py"),
    Guard("an invitation ends", "accounts/team.py", "        if not (row.is_live and row.business.is_open):", "        if False:", "accounts/tests/test_team.py -k 'once or seven or suspended'"),
    Guard("an invitation is signed", "accounts/models/people.py", "Invitation.SIGNER.unsign(token)", "token.partition(\":\")[0]", "accounts/tests/test_team.py -k token"),
    Guard("a family ends after two weeks", "accounts/tokens.py", "            if devices.outlived(key):", "            if False:", f"{TOKENS} -k two_weeks"),
    Guard("a token is for us", "accounts/tokens.py", "    return all(claims.get(name, ours) == ours for name, ours in settings.TOKEN_CLAIMS.items())", "    return True", "accounts/tests/test_forged_tokens.py -k forgery"),
    Guard("a mailed way in lasts an hour", "accounts/entering.py", "signing.loads(token, salt=SALT, max_age=LINK_FOR)", "signing.loads(token, salt=SALT)", "accounts/tests/test_links_once.py -k end"),
    Guard("a mailed way in is used up under a lock", "accounts/entering.py", "of_link(token, User.objects.select_for_update(no_key=True))", "of_link(token)", "accounts/tests/test_links_once.py -k six"),
    Guard("a link to choose a password works once", "accounts/actions.py", "pk=user.pk, password=user.password", "pk=user.pk", "accounts/tests/test_links_once.py -k eight"),
    Guard("a code is used up under a lock", "accounts/second.py", "Authenticator.objects.select_for_update().filter", "Authenticator.objects.filter", f"{FACTOR} -k ten_uses"),
    Guard("nothing is mailed to another's address", "accounts/adapter.py", "        if not _taken(address):", "        if True:", "accounts/tests/test_email_confirmation.py -k anothers"),
    Guard("the library's forms are limited", "accounts/middleware.py", "                limits.hit(request, group, rate, key=_whose(request, whose))", "                pass", "accounts/tests/test_passwords.py -k 'again_on_the_page'"),
    Guard("words of the house are no password", "accounts/passwords.py", "        if bare and _made_of(", "        if False and _made_of(", "accounts/tests/test_passwords.py -k guess"),
    Guard("a leaked password in disguise is none", "accounts/passwords.py", "        if len(bare) >= SHORTEST and bare in self.passwords:", "        if False:", "accounts/tests/test_passwords.py -k guess"),
    Guard("a leaked password is none", "accounts/passwords.py", "        super().validate(password, user)\n", "", "accounts/tests/test_passwords.py -k leaked"),
    Guard("without Valkey each counts alone", "core/limits.py", "        wait = _own.hit((group, who), rate) if closed else 0", "        wait = 0", "core/tests/test_limits.py"),
    Guard("a field is given once", "core/bodies.py", "    if len(found) < len(pairs):", "    if False:", "core/tests/test_bodies.py"),
    Guard("nesting has an end", "core/bodies.py", "    if _deeper_than(DEEPEST, found):", "    if False:", "core/tests/test_bodies.py"),
    Guard("forms know their fields", "core/bodies.py", "    if unknown:", "    if False:", "core/tests/test_bodies.py"),
    Guard("a cursor is one of ours", "core/api.py", "    if not 0 < abs(edge) < 2**63:", "    if False:", "core/tests/test_envelope.py -k cursor"),
    Guard("a way back is ours", "core/pages.py", "return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else None", "return back or None", "tests/test_open_redirects.py -k no_way_on"),
    Guard("other origins by a list", "aqad/settings/doors.py", "CORS_ALLOWED_ORIGINS = env.list", "CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOWED_ORIGINS = env.list", "tests/test_limits_and_cors.py"),
    Guard("pages are not shared with other origins", "aqad/settings/doors.py", "CORS_URLS_REGEX = r\"^/api/.*$\"", "CORS_URLS_REGEX = r\"^/.*$\"", "tests/test_limits_and_cors.py"),
    Guard("programs speak https", "core/middleware.py", "        if settings.SECURE_SSL_REDIRECT and request.path", "        if False and request.path", "tests/test_headers.py -k plain_http"),
    Guard("programs speak https to nginx", "deploy/nginx.conf", "    location ^~ /api/ {", "    location ^~ /no-api/ {", "tests/test_proxy.py -k plain_http"),
    Guard("what leaves the machine is encrypted", "aqad/production.py", "not in plain and not is_encrypted(address):", "not in plain and False:", "tests/test_production_settings.py -k leaves"),
    Guard("the desk's filters are text", "core/desk.py", "        if any(NOT_TEXT.search(value)", "        if False and any(NOT_TEXT.search(value)", "tests/test_desk_finding.py -k column"),
    Guard("a file is weighed before it is read", "core/files.py", "    if upload.size > LARGEST_FILE:", "    if False:", f"{FILES} {HOSTILE}"),
    Guard("of WebP fewer pixels", "core/files.py", "MOST_PIXELS.get(sent, LARGEST_PIXELS)", "LARGEST_PIXELS", f"{FILES} -k webp"),
    Guard("nothing comes along with a picture", "core/files.py", "    drawn.info.clear()", "    drawn.info.copy()", f"{FILES} -k hidden"),
    Guard("one decoder, of its kind", "core/files.py", "Pillow.open(upload, formats=[_format(sent)])", "Pillow.open(upload)", f"{FILES} -k decoder"),
    Guard("files pass the scanner", "core/forms.py", "    scanner.refuse_infected(upload.read())\n", "", "core/tests/test_scanner.py"),
    Guard("a scanner that is away says no", "core/scanner.py", "        log.exception(\"scanner away\")\n        raise Away from trouble", "        return", "core/tests/test_scanner.py"),
    Guard("what is handed out can't run", "core/pages.py", "\"default-src 'none'; sandbox\"", "\"default-src *\"", f"{UPLOADS} -k cannot_run"),
    Guard("the public folder has pictures alone", "aqad/media.py", "    if not name.endswith(\".webp\"):", "    if False:", f"{UPLOADS} -k pictures_alone"),
    Guard("a payment's link lasts an hour", "payments/actions.py", "signing.loads(ticket, salt=\"pay\", max_age=LINK_SECONDS)", "signing.loads(ticket, salt=\"pay\")", "payments/tests/test_links.py"),
]  # fmt: skip
