"""The real nginx with what `manage.py nginx` writes, on free ports, under a certificate of its own."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local import children
from local.place import ROOT
from local.ports import HOST, free_port
from local.programs import NGINX

MAIN = """daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
worker_processes 2;
events {{ worker_connections 1024; }}
http {{
    include {types};
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/aqad.conf;
}}
"""
NAME = "localhost"
TYPES = Path("/etc/nginx/mime.types")


class Proxy:
    """In front of the instances at `sockets`; `settings` are the environment of the command that writes its file."""

    def __init__(self, folder: Path, sockets: list[Path], settings: dict[str, str], *more: str) -> None:
        self.folder, self.sockets, self.more = folder, sockets, more
        self.settings = settings
        self.http, self.https = free_port(), free_port()
        self.url = f"https://{NAME}:{self.https}"
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        self._stack = ExitStack()

    def __enter__(self) -> Proxy:
        self.folder.mkdir(parents=True, exist_ok=True)
        certify(NAME, self.certificate, self.key)
        (self.folder / "aqad.conf").write_text(self.written())
        user = pwd.getpwuid(os.geteuid()).pw_name
        (self.folder / "nginx.conf").write_text(MAIN.format(user=user, folder=self.folder, types=TYPES))
        told = self.checked()
        assert told.returncode == 0, told.stderr
        self._child = children.spawn(
            "nginx", self.command(), self.folder / "out.log",
            environment=os.environ | {children.MARK: str(self.folder)}, folder=self.folder,
        )  # fmt: skip
        self._stack.callback(children.stop, [self._child])
        self._wait()
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    def written(self) -> str:
        """What `manage.py nginx` prints."""
        options = [option for path in self.sockets for option in ("--socket", str(path))]
        files = ["--certificate", self.certificate, "--key", self.key, "--logs", self.folder]
        ports = [
            "--http",
            f"{HOST}:{self.http}",
            "--https",
            f"{HOST}:{self.https}",
            "--challenges",
            self.folder,
        ]
        command = [sys.executable, "manage.py", "nginx", *options, *map(str, [*files, *ports]), *self.more]
        done = subprocess.run(
            command, cwd=ROOT, env=self.settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def checked(self) -> subprocess.CompletedProcess[str]:
        """`nginx -t`."""
        return subprocess.run([*self.command(), "-t"], capture_output=True, text=True, check=False)

    def command(self) -> list[str]:
        """nginx over this folder alone."""
        program = NGINX.find()
        assert program, NGINX.missing
        return [
            program,
            "-e",
            str(self.folder / "error.log"),
            "-p",
            str(self.folder),
            "-c",
            str(self.folder / "nginx.conf"),
        ]

    def client(self) -> urllib3.PoolManager:
        """Trusts its certificate and nobody else's; gives up at once."""
        return urllib3.PoolManager(ca_certs=str(self.certificate), retries=False, timeout=20, maxsize=64)

    def _wait(self) -> None:
        again = urllib3.Retry(connect=100, backoff_factor=0.02, backoff_max=0.2)
        urllib3.PoolManager(retries=again).request("GET", f"http://{HOST}:{self.http}/", redirect=False)


def certify(name: str, certificate: Path, key: Path) -> None:
    """A certificate for a name of this machine, signed by itself, for a day."""
    secret = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(ZoneInfo("UTC"))
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, form, plain))
