"""Web instances behind the real nginx, each of which can be restarted as a deployment would, or shot."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from local import children
from local.children import Child
from local.place import ROOT
from tests.faults.lab import Lab, _kill_group
from tests.faults.load import Bought, Customers
from tests.proxy import Proxy

READY = 60.0
LEFT = 30.0


class Fleet:
    """Instances of the lab's market in a folder of their own; they share its servers, its workers and its bank."""

    def __init__(self, lab: Lab, folder: Path, count: int = 2, drain: float = 1.0) -> None:
        self.lab, self.folder = lab, folder
        self.sockets = [folder / f"web-{number + 1}.sock" for number in range(count)]
        more = {"WEB_WORKERS": "1", "WEB_DRAIN": str(drain), "TRUSTED_PROXIES": "1", "TMPDIR": str(folder)}
        self.env = lab.env | more | {"ALLOWED_HOSTS": "localhost,127.0.0.1"}
        self.proxy = Proxy(folder / "nginx", self.sockets, self.env)
        self.instances: dict[Path, Child] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Fleet:
        self._stack.callback(self._stop_all)
        for path in self.sockets:
            self.start(path)
        for path in self.sockets:
            self.wait(path)
        self._stack.enter_context(self.proxy)
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    def start(self, path: Path) -> None:
        """A new process of an instance; `wait` knows when it is ready."""
        self.instances[path] = children.spawn(
            path.stem, [f"{ROOT}/.venv/bin/python", "-m", "aqad.web"], self.folder / f"{path.stem}.log",
            environment=self.env | {"WEB_SOCKET": str(path)}, folder=ROOT,
        )  # fmt: skip

    def wait(self, path: Path) -> None:
        """Until it has its name, which means that it is ready."""
        end = time.monotonic() + READY
        while not path.exists():
            child = self.instances[path]
            assert time.monotonic() < end and child.exit_code is None, child.last_words()
            time.sleep(0.05)

    def stop(self, path: Path, by: signal.Signals = signal.SIGTERM) -> int:
        """Asked politely, or shot; its exit code."""
        child = self.instances[path]
        if by == signal.SIGKILL:
            _kill_group(child)
        else:
            child.send(by)
        return child.process.wait(LEFT)

    def restart(self, path: Path, by: signal.Signals = signal.SIGTERM) -> int:
        """What a service manager does."""
        code = self.stop(path, by)
        if by == signal.SIGKILL:
            path.unlink(missing_ok=True)
        self.start(path)
        self.wait(path)
        return code

    def _stop_all(self) -> None:
        children.stop(list(self.instances.values()), patience=5)
        for child in self.instances.values():
            _kill_group(child)


class Front:
    """The lab as people see it who come through the proxy."""

    def __init__(self, fleet: Fleet) -> None:
        self._lab, self.url = fleet.lab, fleet.proxy.url

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lab, name)


class Visitors(Customers):
    """Customers who do everything through the proxy, paying too."""

    def __init__(self, fleet: Fleet, seed: int, count: int, **more: Any) -> None:
        super().__init__(Front(fleet), seed, count, **more)  # type: ignore[arg-type]
        self.inside, self.outside = fleet.lab.url, fleet.proxy.url

    def pay(self, one: Bought, card: str) -> None:
        """The link that the market gave, through the proxy's door."""
        one.link = str(one.link).replace(self.inside, self.outside)
        super().pay(one, card)
