"""A sealed parcel from the municipality's disk to receiving's, beside `curl` to nginx over the same TLS, on one core.

python -m bench.transfer [--megabytes 1000] [--rounds 3] [--out FILE]

Both sides of both ways share one core. Ours: `sekisho municipality send` to a locked `sekisho receiving serve`, up to the receipt: digests
are checked at both ends, the ledger is written, bytes and names are durable. The other: `curl -T` to nginx (WebDAV PUT) with
the same certificates, curve and cipher, then a sync of the file. Whole processes, their start among it.
"""

import argparse
import io
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sekisho.cli.clock import now
from sekisho.cli.main import main as sekisho
from sekisho.digest import digest_of
from sekisho.journey import PROCESSING_ID
from sekisho.lines.tls import CIPHER, CURVE
from sekisho.parcel.draft import LabelDraft, LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Recipient
from sekisho.parcel.seal import FileToSeal, seal
from sekisho.release.roster import check_roster
from sekisho.signing import read_public_key
from sekisho.storage.keys import read_signing_key

TOWN, SITE = "132993", "trial.sekisho.example"
MEGABYTE = 1_000_000
READY_SECONDS, SEND_SECONDS = 30, 900
LEAST_SHARE = 0.5
NGINX = """\
daemon off;
worker_processes 1;
error_log stderr crit;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {folder}/nginx-parts;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {server}/certificate.pem;
    ssl_certificate_key {server}/key.pem;
    ssl_client_certificate {server}/authority.pem;
    ssl_verify_client on;
    ssl_protocols TLSv1.3;
    ssl_ecdh_curve {curve};
    ssl_conf_command Ciphersuites {cipher};
    location / {{ root {folder}/nginx-shelf; dav_methods PUT; }}
  }}
}}
"""


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and the most memory that the receiving side held, in bytes."""

    seconds: float
    receiver_bytes: int


def make_site(folder: Path) -> Path:
    try:
        sekisho(["--lang", "en", "site", "init", str(folder), "--trial", "--municipality", f"{TOWN}=関所市"])
    except SystemExit as ended:
        if ended.code:
            raise
    return folder


def put_parcel(site: Path, number: int, raw: bytes) -> Path:
    """Put a sealed parcel into the town's outbox."""
    home = site / f"municipality-{TOWN}"
    founders = tuple(read_public_key(one) for one in (site / "auditor" / "founders.txt").read_text().split())
    key = check_roster((home / "roster.json").read_bytes(), founders, now()).processing.parcel_key
    moment = now()
    draft = LabelDraft(
        TOWN, number, moment, moment, moment + timedelta(days=1), LegalBasis(LegalBasisKind.LAW, "bench"), digest_of(b""), 1, Tool("bench", "1"),
    )  # fmt: skip
    outbox = home / "outbox"
    outbox.mkdir(mode=0o700, exist_ok=True)
    path = outbox / f"{number:06d}.parcel"
    signer = read_signing_key(home / "keys" / "label.pem")
    with path.open("w+b") as out:
        seal([FileToSeal("table.csv", "text/csv", len(raw), io.BytesIO(raw))], draft, [Recipient(PROCESSING_ID, key)], signer, out, os.urandom)  # fmt: skip
    return path


def peak_of(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) * 1024


def timed(*commands: list[str]) -> float:
    """Give back the seconds of commands one after the other."""
    began = time.perf_counter()
    for one in commands:
        subprocess.run(one, check=True, timeout=SEND_SECONDS, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


@contextmanager
def receiving(site: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "sekisho", "--lang", "en", "receiving", "serve", "--home", str(site / "receiving")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        if not server.stdout.readline():
            raise SystemExit("receiving did not start")
        try:
            yield server.pid
        finally:
            server.terminate()


@contextmanager
def nginx(folder: Path, site: Path, port: int) -> Iterator[int]:
    for name in ("nginx-parts", "nginx-shelf"):
        (folder / name).mkdir()
    tls = site / "receiving" / "tls"
    text = NGINX.format(folder=folder, server=tls, port=port, curve=CURVE, cipher=CIPHER)
    # nginx lays its rights down; its worker then writes where everybody may
    folder.chmod(0o755)
    for name in ("nginx-parts", "nginx-shelf"):
        (folder / name).chmod(0o777)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    with subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]) as server:
        try:
            _wait_for(port)
            yield next(int(one) for one in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split())
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit("nginx did not start")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def send_ours(site: Path, receiver: int) -> Took:
    home = site / f"municipality-{TOWN}"
    seconds = timed([sys.executable, "-m", "sekisho", "municipality", "send", "--home", str(home)])
    return Took(seconds, peak_of(receiver))


def send_curl(folder: Path, site: Path, port: int, parcel: Path, receiver: int) -> Took:
    tls, name = site / f"municipality-{TOWN}" / "tls", f"receiving.{SITE}"
    shelved = folder / "nginx-shelf" / parcel.name
    command = [
        "curl", "--silent", "--fail", "--tlsv1.3", "--tls13-ciphers", CIPHER, "--curves", "P-384", "--cert", str(tls / "certificate.pem"), "--key", str(tls / "key.pem"),
        "--cacert", str(tls / "authority.pem"), "--connect-to", f"{name}:{port}:127.0.0.1:{port}", "-T", str(parcel), f"https://{name}:{port}/{parcel.name}",
    ]  # fmt: skip
    seconds = timed(command, ["sync", str(shelved)], ["sync", str(shelved.parent)])
    shelved.unlink()
    return Took(seconds, peak_of(receiver))


def measure(megabytes: int, rounds: int) -> tuple[list[Took], list[Took]]:
    """Give back what ours and curl took, turn by turn."""
    ours, theirs = [], []
    raw = os.urandom(MEGABYTE) * megabytes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site, port = make_site(folder / "site"), _free_port()
        with receiving(site) as receiver, nginx(folder, site, port) as other:
            for number in range(1, rounds + 1):
                parcel = put_parcel(site, number, raw)
                os.sync()
                theirs.append(send_curl(folder, site, port, parcel, other))
                ours.append(send_ours(site, receiver))
                parcel.unlink()
                (site / "receiving" / "shelf" / f"{TOWN}-{number:06d}.parcel").unlink()
    return ours, theirs


def page(megabytes: int, ours: list[Took], theirs: list[Took]) -> str:
    def row(name: str, found: list[Took]) -> str:
        middle = statistics.median(one.seconds for one in found)
        receiver = max(one.receiver_bytes for one in found) / MEGABYTE
        return f"| {name} | {middle:.2f} | {megabytes / middle:.0f} | {receiver:.0f} |"

    share = statistics.median(two.seconds / one.seconds for one, two in zip(ours, theirs, strict=True))
    return "\n".join(
        [
            "# Sealed transfer",
            "",
            f"A parcel of {megabytes:,} MB from one disk to another on one core, both sides together; medians of {len(ours)} rounds in turn, memory at its highest.",
            f"Ours is **{share:.2f} times** as fast as `curl` to nginx over the same TLS 1.3 ({CIPHER}, {CURVE}), and at least {LEAST_SHARE} is wanted.",
            "",
            "| | s | MB/s | receiver MB |",
            "|---|--:|--:|--:|",
            row("sekisho municipality send → receiving, to the receipt", ours),
            row("curl → nginx, to a synced file", theirs),
            "",
        ]
    )  # fmt: skip


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reading.add_argument("--megabytes", type=int, default=1_000)
    reading.add_argument("--rounds", type=int, default=3)
    reading.add_argument("--out", type=Path)
    given = reading.parse_args()
    missing = [one for one in ("nginx", "curl") if shutil.which(one) is None]
    if missing:
        raise SystemExit(f"missing: {', '.join(missing)} (apt-get install nginx-light curl)")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    text = page(given.megabytes, *measure(given.megabytes, given.rounds))
    print(text)
    if given.out:
        given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
