"""An S3 server of our own for tests: OpenStack Swift with its S3 face, one copy of everything, on free ports."""

import http.client
import os
import pwd
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from local.children import Child, end_of, spawn
from local.ports import HOST, free_port
from local.trouble import Trouble

PATIENCE = 30.0
ACCOUNT = "AUTH_aqad"
ACCESS_KEY, SECRET_KEY = "aqad:tests", "only-for-tests"
STORES = ("account", "container", "object")
RINGS = """
import sys
from swift.common.ring import RingBuilder
for name, port in (pair.split(":") for pair in sys.argv[2:]):
    builder = RingBuilder(1, 1, 0)
    place = {"ip": sys.argv[1], "port": int(port), "device": "disk"}
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1} | place)
    builder.rebalance()
    builder.get_ring().save(f"{name}.ring.gz")
"""
SWIFT = """
[swift-hash]
swift_hash_path_suffix = aqad
[storage-policy:0]
name = default
default = yes
"""
COMMON = """
[DEFAULT]
bind_ip = {host}
bind_port = {port}
user = {user}
swift_dir = {folder}
workers = 0
devices = {folder}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
"""
STORE = """
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
"""
PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck listing_formats bulk s3api tempauth slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_aqad_tests = {secret} .admin
"""
FILTERS = ("catch_errors", "gatekeeper", "healthcheck", "listing_formats", "bulk", "slo", "dlo")


class Swift:
    """One server: a proxy that speaks S3, and the three stores behind it. Nothing of it outlives its folder."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.ports = {name: free_port() for name in ("proxy", *STORES)}

    @property
    def endpoint(self) -> str:
        """For AWS_S3_ENDPOINT_URL."""
        return f"http://{HOST}:{self.ports['proxy']}"

    def start(self) -> Iterator[Child]:
        """The caller waits with `wait`, once it has noted how to stop each of them."""
        self._prepare()
        for name in (*STORES, "proxy"):
            program = Path(sys.executable).with_name(f"swift-{name}-server")
            command = [sys.executable, str(program), str(self.folder / f"{name}.conf"), "--verbose"]
            log = self.folder / f"{name}.log"
            yield spawn(f"swift {name}", command, log, environment=self.environment, folder=self.folder)

    def wait(self) -> None:
        """Until all four answer."""
        deadline = time.monotonic() + PATIENCE
        while silent := [name for name, port in self.ports.items() if not _answers(port)]:
            if time.monotonic() > deadline:
                said = end_of(self.folder / f"{silent[0]}.log")
                raise Trouble(f"Swift's {silent[0]} server did not start. It said last:\n{said}")
            time.sleep(0.05)

    def _prepare(self) -> None:
        if find_spec("swift") is None:
            raise Trouble("Tests of the S3 storage need Linux, where Swift can be installed.")
        (self.folder / "devices" / "disk").mkdir(parents=True, exist_ok=True)
        _expect_attributes(self.folder)
        (self.folder / "swift.conf").write_text(SWIFT)
        for name in STORES:
            self._write(name, STORE.format(name=name))
        plain = "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n" for name in FILTERS)
        self._write("proxy", PROXY.format(secret=SECRET_KEY) + plain)
        pairs = [f"{name}:{self.ports[name]}" for name in STORES]
        subprocess.run([sys.executable, "-c", RINGS, HOST, *pairs], cwd=self.folder, check=True)

    def _write(self, name: str, rest: str) -> None:
        user = pwd.getpwuid(os.geteuid()).pw_name
        common = COMMON.format(host=HOST, port=self.ports[name], user=user, folder=self.folder)
        (self.folder / f"{name}.conf").write_text(common + rest)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthcheck")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _expect_attributes(folder: Path) -> None:
    """Swift keeps what it knows of an object in attributes of the file."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        try:
            os.setxattr(file.fileno(), "user.swift.metadata", b"1")
        except OSError as refused:
            raise Trouble(
                f"Swift needs a file system with extended attributes; {folder} has none."
            ) from refused
