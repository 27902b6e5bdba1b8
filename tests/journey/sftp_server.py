"""A recipient's own SFTP server as rendered for it, on a port of loopback, with keys, account and folders of its own."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from sekisho.release.endpoints import Endpoint, Sftp
from sekisho.release.roster import write_roster
from sekisho.site.plan.reading import read_site
from sekisho.site.rendering.files import files_of
from sekisho.storage.keys import read_signing_key
from tests.journey.outgoing import wait_for
from tests.journey.processing_made import roster_of

NEEDED = ("unshare", "sshd", "ssh-keygen", "useradd", "mount")
LACKING = [one for one in NEEDED if shutil.which(one, path=f"{os.environ['PATH']}:/usr/sbin") is None]
LACKING += [] if os.geteuid() == 0 else ["root"]
MISSING = "" if os.environ.get("CI") else ", ".join(LACKING)
PATIENCE_SECONDS = 30
RENDERED = files_of(
    read_site(Path("examples/site/site.toml").read_bytes()),
    read_site(Path("examples/site/site.toml").read_bytes()).named("recipient-kenkyu"),
    b"",
)["ssh/sshd_config"].decode()
OWN = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile /run/sshd/authorized_keys
PidFile none
UsePAM no
LogLevel VERBOSE
"""
PREPARE = """\
mount --make-rprivate /
mkdir etc && mount -t tmpfs none etc && cp -a /etc/. etc && mount --bind etc /etc
mount -t tmpfs -o mode=0755 none /srv && mount -t tmpfs -o mode=0755 none /run && mkdir -m 0755 /run/sshd
install -m 0644 authorized_keys /run/sshd/
useradd --system --no-create-home --home-dir / --shell /usr/sbin/nologin --password '*' sekisho
mkdir -m 0755 /srv/sekisho && mkdir /srv/sekisho/in && mount -t tmpfs -o size=$1 none /srv/sekisho/in
chown sekisho /srv/sekisho/in && chmod 0700 /srv/sekisho/in
echo ready
exec /usr/sbin/sshd -D -e -f config
"""


@dataclass
class Server:
    """A server that answers at `port`."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def arrived(self) -> Path:
        """Give back the folder that it puts files into, as its own processes see it."""
        return Path(f"/proc/{self.process.pid}/root/srv/sekisho/in")

    def names(self) -> list[str]:
        return sorted(one.name for one in self.arrived.iterdir())

    @property
    def account_id(self) -> int:
        """Give back the id of the account that puts, which this server's own /etc/passwd alone knows."""
        passwd = Path(f"/proc/{self.process.pid}/root/etc/passwd").read_text()
        return next(int(line.split(":")[2]) for line in passwd.splitlines() if line.startswith("sekisho:"))

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text()


@dataclass
class Place:
    """Where a server runs: its keys, which stay, and its files, which end with it."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        for name in ("host_key", "other_key"):
            make = ["ssh-keygen", "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f", str(self.folder / name)]
            subprocess.run(make, check=True, timeout=PATIENCE_SECONDS)

    @cached_property
    def port(self) -> int:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            return int(one.getsockname()[1])

    def public(self, name: str = "host_key") -> str:
        return " ".join((self.folder / f"{name}.pub").read_text().split()[:2])

    @contextmanager
    def serving(self, known: Path, size: str = "64m", change=lambda text: text) -> Iterator[Server]:
        """Serve as long as the block: who has the key `known`, files of `size` in all, by the rendered text as changed."""
        at = RENDERED.split("Match User sekisho Address ")[1].split("\n")[0]
        own = OWN.format(port=self.port, folder=self.folder)
        (self.folder / "config").write_text(change(own + RENDERED.replace(at, "127.0.0.1")))
        shutil.copy(known, self.folder / "authorized_keys")
        shutil.rmtree(self.folder / "etc", ignore_errors=True)
        command = ["unshare", "-m", "sh", "-e", "-c", PREPARE, "sh", size]
        said = (self.folder / "said").open("wb")
        with said, subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=said) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == b"ready\n", (self.folder / "said").read_text()
                wait_for(self._answers, "no sshd")
                yield Server(self.folder, self.port, process)
            finally:
                process.terminate()
                process.wait(PATIENCE_SECONDS)

    def stock_client(self, site, words: str) -> subprocess.CompletedProcess[str]:
        """Give back what OpenSSH's own client says, who has delivery's key."""
        (self.folder / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {self.public()}\n")
        told = ("-o", f"UserKnownHostsFile={self.folder}/known_hosts", "-o", "StrictHostKeyChecking=yes")
        key = ("-i", str(site.home("delivery") / "ssh" / "key.pem"), "-P", str(self.port), "-b", "-")
        return subprocess.run(
            ["sftp", "-F", "none", *told, *key, "sekisho@127.0.0.1"], input=words, capture_output=True, text=True,
            check=False, timeout=PATIENCE_SECONDS, cwd=self.folder,
        )  # fmt: skip

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as one:
            return one.recv(4) == b"SSH-"
        return False


def with_sftp(site, port: int, host_key: str, user: str = "sekisho") -> None:
    """Give every role a roster on which the recipient takes parcels by SFTP."""
    keys = site.home("founders") / "keys"
    founders = (read_signing_key(keys / "first.pem"), read_signing_key(keys / "second.pem"))
    draft = roster_of(site).draft
    endpoint = Endpoint("127.0.0.1", port, Sftp(user, ".", host_key))
    recipients = tuple(replace(one, endpoint=endpoint) for one in draft.recipients)
    raw = write_roster(replace(draft, version=draft.version + 1, recipients=recipients), founders)
    for path in site.site.glob("*/roster.json"):
        path.write_bytes(raw)


@dataclass
class Cutter:
    """Stands before a server, and cuts each connection after so many bytes from the caller; None lets all through."""

    target: int
    allowances: list[int | None]
    passed: list[int] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def listening(self) -> Iterator[int]:
        with ExitStack() as stack:
            door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            door.settimeout(0.05)
            thread = threading.Thread(target=self._run, args=(door,))
            thread.start()
            try:
                yield int(door.getsockname()[1])
            finally:
                self.over.set()
                thread.join()

    def _run(self, door: socket.socket) -> None:
        while not self.over.is_set():
            with suppress(TimeoutError):
                caller, _ = door.accept()
                with caller:
                    self._carry(caller)

    def _carry(self, caller: socket.socket) -> None:
        allowed = self.allowances[min(len(self.passed), len(self.allowances) - 1)]
        self.passed.append(0)
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.target), 5) as server:
            for one in (caller, server):
                one.settimeout(PATIENCE_SECONDS)
            back = threading.Thread(target=_pour, args=(server, caller))
            back.start()
            while (allowed is None or self.passed[-1] < allowed) and (raw := caller.recv(65_536)):
                server.sendall(raw)
                self.passed[-1] += len(raw)
            for one in (caller, server):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while raw := source.recv(65_536):
            target.sendall(raw)
