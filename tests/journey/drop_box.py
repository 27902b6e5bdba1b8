"""Receiving's drop box as rendered, in a network namespace and with files of its own: systemd's part is played by `accept`."""

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sekisho.site.plan.hosts import Host, Kind, Line
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.dropbox import account_of
from sekisho.site.rendering.files import files_of

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30
PREPARE = """\
mount --make-rprivate /
mkdir etc && mount -t tmpfs none etc && cp -a /etc/. etc && mount --bind etc /etc
mount -t tmpfs -o mode=0755 none /srv && mount -t tmpfs -o mode=0755 none /run && mkdir -m 0755 /run/sshd
cp -r rendered/etc/. /etc && cp keys/host_key keys/user_authority.pub keys/revoked_keys /etc/sekisho/drop-box/
systemd-sysusers /etc/sysusers.d/sekisho-drop-box.conf 2> sysusers.txt
sed -n 's/^ExecStart=//p' /etc/systemd/system/sekisho-drop-box-accounts.service > accounts && sh -ef accounts
systemd-tmpfiles --create /etc/tmpfiles.d/sekisho-drop-box.conf
exec "$@"
"""


@dataclass(frozen=True)
class Box:
    """A drop box that answers. `folder`: where its keys and the town's files are; `taken`: what the town has put there."""

    site: SitePlan
    town: Host
    folder: Path
    namespace: str
    server: subprocess.Popen[bytes]

    def sftp(self, commands: str, *options: str, kill_after: float | None = None) -> subprocess.CompletedProcess[str]:
        """Give back what a stock client says; its commands end with the first that fails."""
        return self.client("sftp", "-b", "-", *options, "drop-box", given=commands, kill_after=kill_after)

    def client(
        self, program: str, *words: str, given: str = "", kill_after: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        line = self._line(program, *words)
        if kill_after is not None:
            line = ["timeout", "-s", "KILL", str(kill_after), *line]
        return subprocess.run(
            line, input=given, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
            cwd=self.folder / "town",
        )  # fmt: skip

    def _line(self, program: str, *words: str) -> list[str]:
        own = f"BindAddress={self.town.plug(Line.MUNICIPALITIES).ip}"
        told = () if "-F" in words else ("-F", "config")
        return ["ip", "netns", "exec", self.namespace, program, *told, "-o", own, *words]

    @contextmanager
    def putting(self, name: str) -> Iterator[None]:
        """Put a file slowly, and stop with the block."""
        line = self._line("sftp", "-l", "2000", "-b", "-", "drop-box")
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, cwd=self.folder / "town"
        ) as client:
            assert client.stdin is not None
            client.stdin.write(f"put {name}\n".encode())
            client.stdin.flush()
            try:
                yield
            finally:
                client.kill()

    def servers(self) -> list[Path]:
        """Give back the /proc of each sshd that serves this box now."""
        own = Path(f"/proc/{self.server.pid}/ns/mnt").readlink()
        found = []
        for one in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it may have ended meanwhile
                if (one / "comm").read_text() == "sshd\n" and (one / "ns" / "mnt").readlink() == own:
                    found.append(one)
        return found

    def taken(self, name: str) -> Path:
        """Give back where a file lies that the town has put; it is seen as the server's processes see it."""
        inside = Path(f"/proc/{self.server.pid}/root/srv/sekisho/drop/{account_of(self.town)}")
        return inside / "in" / name


@contextmanager
def box_of(site: SitePlan, folder: Path) -> Iterator[Box]:
    """Give the drop box of a site and its first town as a client; all of it ends with the block."""
    receiving, namespace = site.host(Kind.RECEIVING), f"sk{os.getpid()}-box"
    town = next(one for one in site.hosts if one.kind is Kind.MUNICIPALITY)
    for host, place in ((receiving, folder / "rendered"), (town, folder / "town-rendered")):
        for path, content in files_of(site, host, b"").items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(content)
    _make_keys(site, town, folder)
    try:
        for line in (f"add {namespace}", f"exec {namespace} ip link set lo up"):
            _run("ip", "netns", *line.split())
        for address in (receiving.plug(Line.INTAKE).ip, town.plug(Line.MUNICIPALITIES).ip):
            _run("ip", "-n", namespace, "addr", "add", f"{address}/32", "dev", "lo")
        with _serving(folder, namespace, f"{receiving.plug(Line.INTAKE).ip}:{site.ports.drop_box}") as server:
            yield Box(site, town, folder, namespace, server)
    finally:
        subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)


@contextmanager
def _serving(folder: Path, namespace: str, address: str) -> Iterator[subprocess.Popen[bytes]]:
    script = [sys.executable, str(Path(__file__)), address]
    command = ["ip", "netns", "exec", namespace, "unshare", "-m", "sh", "-e", "-c", PREPARE, "sh", *script]
    with (
        (folder / "server.txt").open("wb") as said,
        subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said) as server,
    ):
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n", (folder / "server.txt").read_text()
            yield server
        finally:
            assert server.stdin is not None
            server.stdin.close()
            server.wait(PATIENCE_SECONDS)


def _make_keys(site: SitePlan, town: Host, folder: Path) -> None:
    """The host's key, the authority of users and the town's certificate, as the site's page has them made."""
    keys, client = folder / "keys", folder / "town"
    keys.mkdir()
    client.mkdir()
    for path in (keys / "host_key", keys / "user_authority", client / "key", client / "stranger"):
        _run("ssh-keygen", "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f", str(path))
    (keys / "revoked_keys").write_bytes(b"")
    source = f"source-address={town.plug(Line.MUNICIPALITIES).ip}/32"
    words = ("-I", town.name, "-n", account_of(town), "-V", "-5m:+90d", "-O", "clear", "-O", source)
    for name, signer in (("key", "user_authority"), ("stranger", "host_key")):
        _run("ssh-keygen", "-q", "-s", str(keys / signer), *words, str(client / f"{name}.pub"))
    (client / "config").write_bytes((folder / "town-rendered" / "ssh" / "config").read_bytes())
    kind, key, *_ = (keys / "host_key.pub").read_text().split()
    host = site.host(Kind.RECEIVING).plug(Line.INTAKE).ip
    (client / "known_hosts").write_text(f"[{host}]:{site.ports.drop_box} {kind} {key}\n")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_SECONDS)


def accept(address: str) -> None:
    """Do what the socket unit does: listen, and start what the other unit says for each connection, held as it says.

    Of what holds it, the empty network, the capabilities and that no program gains any are set here.
    """
    host, port = address.split(":")
    unit = Path("/etc/systemd/system/sekisho-drop-box@.service").read_text()
    told = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)
    assert (told["PrivateNetwork"], told["NoNewPrivileges"], told["StandardInput"]) == ("yes", "yes", "socket")
    kept = ",".join(one.lower().replace("cap_", "+") for one in told["CapabilityBoundingSet"].split())
    held = ["unshare", "-n", "setpriv", "--no-new-privs", f"--bounding-set=-all,{kept}"]
    command = [*held, *shlex.split(told["ExecStart"].removeprefix("-"))]
    with socket.create_server((host, int(port))) as door:
        print("ready", flush=True)
        running: list[subprocess.Popen[bytes]] = []
        door.settimeout(0.1)
        os.set_blocking(0, False)
        while _is_wanted():
            with suppress(TimeoutError):
                caller, _ = door.accept()
                caller.setblocking(True)
                running.append(subprocess.Popen(command, stdin=caller, stdout=caller))
                caller.close()
        for one in running:
            one.terminate()
            one.wait()


def _is_wanted() -> bool:
    try:
        return os.read(0, 1) != b""
    except BlockingIOError:
        return True


if __name__ == "__main__":
    accept(sys.argv[1])
