"""`python -m sandbox`: the bank as a process of its own, until Ctrl-C or SIGTERM."""

import errno
import logging
import os
import signal
import sqlite3
import sys
from types import FrameType

from waitress.server import create_server

from sandbox import courier
from sandbox.app import App
from sandbox.bank import Bank
from sandbox.settings import HOST, Settings, Unusable

THREADS = 48
LARGEST_BODY = 65_536


def main() -> int:
    """The exit code: 0 after a clean stop, 1 with one sentence when the bank cannot start."""
    logging.basicConfig(level=logging.WARNING, format="bank: %(message)s")
    # A queue is what a burst on purpose makes; it is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        serve(Settings.read(os.environ))
    except (Unusable, OSError, sqlite3.Error) as problem:
        print(_sentence(problem), file=sys.stderr)
        return 1
    return 0


def serve(settings: Settings) -> None:
    """Listen until told to stop. The port is taken before the rounds begin: a second copy sends nothing."""
    bank = Bank.open(settings)
    server = create_server(
        App(bank),
        host=HOST,
        port=settings.port,
        threads=THREADS,
        connection_limit=2_000,
        backlog=2_048,
        max_request_body_size=LARGEST_BODY,
        # Lets a hanging answer notice that its merchant has gone, and the control side notice a proxy.
        channel_request_lookahead=1,
        clear_untrusted_proxy_headers=False,
        asyncore_use_poll=True,
        ident="sandbox-bank",
    )
    _stop_on_signals(bank)
    rounds = courier.start(bank)
    print(f"Sandbox bank on {settings.url} (no real money), store {settings.store}", flush=True)
    server.run()
    bank.close()
    rounds.join(settings.callback_timeout)
    bank.store.close()


def _stop_on_signals(bank: Bank) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        bank.close()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _sentence(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
        return "The sandbox bank's port is taken: stop what listens there or set SANDBOX_BANK_PORT."
    return str(problem) if isinstance(problem, Unusable) else f"The sandbox bank cannot start: {problem}."


if __name__ == "__main__":
    sys.exit(main())
