"""`python -m local.run`: the whole market on this machine, until it is asked to stop."""

import http.client
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress

from local import children, environment, place, ports, prepare, processes
from local.children import Child
from local.postgres import Postgres
from local.stopping import Stop, listen, undisturbed
from local.trouble import Trouble, sentence
from local.valkey import Valkey

READY = 90.0
BANK = "bank"


class Run:
    """One run over one data folder. Whatever it started, `stack` knows how to stop."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.folder = place.data_folder()
        stack.enter_context(place.alone_in(self.folder))
        children.end_leftovers(self.folder)
        self.port = ports.web_port(os.environ.get("PORT") or "8000")
        self.children: list[Child] = []
        self.logs = self.folder / "log"
        self.logs.mkdir(exist_ok=True)
        self.commands = processes.commands()
        self.output = processes.Output(max(map(len, self.commands)))
        self.colour = processes.colours()

    def market(self) -> None:
        """Servers, then data, then processes; ends only by Stop or Trouble."""
        prepare.front_end()
        values = environment.for_processes(self.folder, self.port, self._servers())
        self._leave_word(values)
        prepare.collect(values)
        self._start_bank(values)
        say("Bringing the database up to date…")
        prepare.run_manage(["migrate", "--noinput", "--verbosity=0"], values)
        logins = prepare.run_manage(["demo"], values)
        self._start_processes(values)
        processes.watch(self.children, until=self._ready(values))
        announce(values, logins)
        processes.watch(self.children)

    def _leave_word(self, values: dict[str, str]) -> None:
        word = self.folder / "run.env"
        self.stack.callback(word.unlink, missing_ok=True)
        environment.write_private(word, environment.told(values))

    def _servers(self) -> dict[str, str]:
        urls = {}
        if not os.environ.get("DATABASE_URL"):
            urls["DATABASE_URL"] = self._postgres()
        if not os.environ.get("REDIS_URL"):
            urls["REDIS_URL"] = self._valkey()
        return urls

    def _postgres(self) -> str:
        server = Postgres(self.folder / "postgres", self.logs / "postgres.log")
        self.stack.callback(shutil.rmtree, server.sockets, ignore_errors=True)
        server.prepare()
        server.wait(self._started(server.start))
        server.create("aqad")
        return server.url("aqad")

    def _valkey(self) -> str:
        marked = os.environ | {children.MARK: str(self.folder)}
        server = Valkey(self.folder / "valkey", self.logs / "valkey.log", marked)
        server.wait(self._started(server.start))
        return server.url()

    def _started(self, start: Callable[[], Child]) -> Child:
        with undisturbed():
            child = start()
            self.stack.callback(children.stop, [child])
            self.children.append(child)
        return child

    def _start_bank(self, values: dict[str, str]) -> None:
        """Before the demo is loaded, which tells the bank of its past."""
        if _own_bank(values):
            self._start({BANK: self.commands[BANK]}, values)

    def _start_processes(self, values: dict[str, str]) -> None:
        self._start({name: line for name, line in self.commands.items() if name != BANK}, values)

    def _start(self, wanted: Mapping[str, str], values: dict[str, str]) -> None:
        group: list[Child] = []
        with undisturbed():
            self.stack.callback(children.stop, group)
            for name, command in wanted.items():
                group.append(processes.start(name, command, values, self.output, self.colour()))
            self.children += group

    def _ready(self, values: dict[str, str]) -> Callable[[], bool]:
        deadline = time.monotonic() + READY

        def answered() -> bool:
            if (answer := health(self.port)) == "200":
                return True
            if time.monotonic() > deadline:
                raise Trouble(f"{values['SITE_URL']}/health/ready did not turn ready: {answer}.")
            return False

        return answered


def health(port: int) -> str:
    """The status of /health/ready in words, asked without any proxy."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as silence:
        return str(silence) or type(silence).__name__
    finally:
        connection.close()


def announce(values: dict[str, str], logins: str) -> None:
    """The last thing printed before the log lines: where to go, and as whom."""
    bank = f"Sandbox bank  {values['SANDBOX_BANK_URL']}\n" if _own_bank(values) else ""
    say(f"\nAQAD          {values['SITE_URL']}\n{bank}\n{logins.rstrip()}\n\nCtrl-C stops everything.\n")


def say(text: str) -> None:
    """To the person who started this; a closed window does not matter."""
    with suppress(OSError):
        print(text, flush=True)


def _own_bank(values: dict[str, str]) -> bool:
    given = os.environ.get("SANDBOX_BANK_URL") and not os.environ.get("SANDBOX_BANK_PORT")
    return values["PAYMENT_GATEWAY"] == "sandbox" and not given


def main() -> int:
    """0 when asked to stop, 1 with one sentence when something was in the way."""
    listen()
    try:
        environment.read_dotenv()
        with ExitStack() as stack:
            Run(stack).market()
    except Stop:
        say("Stopped.")
        return 0
    except Trouble as trouble:
        print(f"AQAD: {trouble}", file=sys.stderr)
    except OSError as problem:
        print(f"AQAD: {sentence(problem)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
