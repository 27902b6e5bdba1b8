"""F11, F12, F19, F20 and F21: callers that repeat, crowd, break off, dawdle; a receiving that is killed (docs/faults.md 4)."""

import contextlib
import io
import random
import resource
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sekisho.errors import SekishoError
from sekisho.lines import client
from sekisho.lines.client import Line, upload
from sekisho.lines.tls import Credentials
from tests.faults.lines.relay import relay
from tests.faults.row import Row
from tests.journey.raw_line import Caller, Made, make_parcel, parts, roster_of
from tests.journey.trial_site import TOWN, TrialSite

CUT_BYTES = 65_536
WIRES = {
    "cut": "a wire cut every 64 KiB",
    "silence": "a wire that falls silent",
    "rest": "a wire that rests for a second",
}
HELD_AT_ONCE = 64  # by receiving, from one address
CROWD = "127.0.0.2"  # where the crowd calls from: another address of this host than the honest sender's
MOST_GROWTH_BYTES = 64 * 1024 * 1024
LEAST_SHARE = 0.9
MOST_AGAIN_BYTES = 1024 * 1024


def rows(*, quick: bool = False) -> Iterator[Row]:
    with _receiving() as site:
        yield _replays(site, 60 if quick else 1_000)
        yield _crowd_of_one_parcel(site, 4 if quick else 40)
        for end in ("cut", "rest") if quick else WIRES:  # silence takes the 30 s of spec/line.md 6
            yield _broken_wire(site, end, 64 * 1024 if quick else 2 * 1024 * 1024)
        yield _killed(site, signal.SIGKILL, 2 if quick else 30)
        yield _killed(site, signal.SIGSTOP, 2 if quick else 30)
        yield _crowded(site, 500 if quick else 10_000, 0 if quick else 64)
        yield _dawdling(site, 0 if quick else 64)


@contextmanager
def _receiving() -> Iterator[TrialSite]:
    with tempfile.TemporaryDirectory() as folder:
        site = TrialSite(Path(folder)).init()
        site.start("receiving")
        try:
            yield site
        finally:
            site.close()


_NUMBERS = iter(range(1, 1_000_000))


def _parcel(site: TrialSite, filler_bytes: int = 0) -> tuple[int, Made]:
    number = next(_NUMBERS)
    return number, make_parcel(site, number, filler_bytes=filler_bytes)


def _line(site: TrialSite, port: int = 0) -> Line:
    town = Caller(site)
    tls = site.home(town.role) / "tls"
    credentials = Credentials(tls / "certificate.pem", tls / "key.pem", tls / "authority.pem")
    host, own = town.address
    return Line(host, port or own, f"receiving.{roster_of(site).site.id}", credentials, timeout_seconds=5)


def _send(site: TrialSite, made: Made, port: int = 0, attempts: int = 6) -> bytes:
    line = _line(site, port)
    try:
        return upload(line, made.head, io.BytesIO(made.raw), len(made.raw), attempts=attempts)
    finally:
        line.close()


def _wrong(site: TrialSite, number: int, made: Made) -> list[str]:
    """Give back what is not as it must be once a receipt was given."""
    case = f"{TOWN}-{number:06d}"
    count = sum(one["event"] == "Received" and one["case"] == case for one in site.events("receiving"))
    shelved = site.home("receiving") / "shelf" / f"{case}.parcel"
    same = shelved.is_file() and shelved.read_bytes() == made.raw
    left = f"{made.upload}.part" in parts(site)
    return [
        *([] if count == 1 else [f"{count} entries"]),
        *([] if same else ["a receipt without its bytes"]),
        *(["half a file"] if left else []),
    ]


def _replays(site: TrialSite, times: int) -> Row:
    began = time.monotonic()
    number, made = _parcel(site)
    first = _send(site, made)
    line = _line(site)
    answers = {upload(line, made.head, io.BytesIO(made.raw), len(made.raw)) for _ in range(times)}
    line.close()
    wrong = [*_wrong(site, number, made), *([] if answers == {first} else ["another receipt"])]
    return Row("F11", "the same parcel again", "receiving", times, 0, 0, time.monotonic() - began, tuple(wrong))


def _crowd_of_one_parcel(site: TrialSite, times: int) -> Row:
    began, wrong = time.monotonic(), []
    for _ in range(times):
        number, made = _parcel(site, 300_000)
        with ThreadPoolExecutor(16) as pool:
            receipts = set(pool.map(lambda _: _send(site, made, attempts=20), range(16)))  # noqa: B023 - all run here
        wrong += _wrong(site, number, made)
        wrong += [] if len(receipts) == 1 else ["more than one receipt"]
    return Row("F12", "sixteen senders of one parcel", "receiving", times * 16, 0, 0, time.monotonic() - began, tuple(wrong))  # fmt: skip


def _broken_wire(site: TrialSite, end: str, size: int) -> Row:
    """Send over a wire that breaks every 64 KiB; what was sent twice is told."""
    name = WIRES[end]
    began = time.monotonic()
    number, made = _parcel(site, size)
    pause, client.PAUSE_SECONDS = client.PAUSE_SECONDS, 0.005
    try:
        with relay(Caller(site).address, CUT_BYTES, end, 1.0) as (wire, port):
            _send(site, made, port, attempts=12)
    except SekishoError as error:
        return Row("F19", name, "receiving", wire.broken, 0, 1, time.monotonic() - began, (str(error),))
    finally:
        client.PAUSE_SECONDS = pause
    wrong = _wrong(site, number, made)
    again = wire.carried - len(made.raw)
    told = f"{again / max(wire.broken, 1):,.0f} bytes more for each break, handshakes and calls among them"
    if wire.broken and again / wire.broken > MOST_AGAIN_BYTES:
        wrong.append("more is sent again than a break can have taken away, and the openings of a few tries")
    return Row("F19", name, "receiving", wire.broken, wire.broken, wire.broken, time.monotonic() - began, tuple(wrong), told)  # fmt: skip


def _killed(site: TrialSite, how: signal.Signals, times: int) -> Row:
    """Kill or stop receiving at a random moment of an upload; the same sending goes on and ends with a receipt."""
    chance, began, wrong, healed = random.Random(times), time.monotonic(), [], 0
    for _ in range(times):
        number, made = _parcel(site, 2_000_000)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(_send, site, made, 0, 12)
            time.sleep(chance.uniform(0.0, 0.15))
            if how is signal.SIGSTOP:
                site.servers["receiving"].send_signal(how)
                time.sleep(0.2)
                site.servers["receiving"].send_signal(signal.SIGCONT)
            else:
                site.stop("receiving", how)
                site.start("receiving")
            with contextlib.suppress(SekishoError):
                sending.result(timeout=60)
                healed += 1
        wrong += _wrong(site, number, made)
    name = "killed while it receives" if how is signal.SIGKILL else "stopped for a moment while it receives"
    return Row("F20", name, "receiving", times, healed, times, time.monotonic() - began, tuple(wrong))


def _memory(site: TrialSite) -> int:
    text = Path(f"/proc/{site.servers['receiving'].pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) * 1024


def _speed(site: TrialSite, megabytes: int) -> float:
    """Give back bytes a second of an honest sender; the best of three, since others work on this machine too.

    Of none it is only asked whether he gets his receipt (0.0).
    """
    if not megabytes:
        _send(site, _parcel(site)[1], attempts=20)
        return 0.0
    found = []
    for _ in range(3):
        _, made = _parcel(site, megabytes * 500_000)
        began = time.perf_counter()
        _send(site, made, attempts=20)
        found.append(len(made.raw) / (time.perf_counter() - began))
    return max(found)


def _crowded(site: TrialSite, many: int, megabytes: int) -> Row:
    """Open so many connections from one address and keep them, while somebody else sends."""
    began = time.monotonic()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, many + 500)), hard))
    alone, before = _speed(site, megabytes), _memory(site)
    held: list[socket.socket] = []
    try:
        for _ in range(many):
            made = socket.socket()
            made.settimeout(5)
            made.bind((CROWD, 0))
            with contextlib.suppress(OSError):
                made.connect(Caller(site).address)
            held.append(made)
        crowded, grown = _speed(site, megabytes), _memory(site) - before
    finally:
        for one in held:
            one.close()
    return _share("F21", f"{many:,} connections from one address", many, alone, crowded, grown, began)


def _dawdling(site: TrialSite, megabytes: int) -> Row:
    """Hold as many TLS connections as one address may, each sending a letter of its head now and then."""
    began = time.monotonic()
    alone, before = _speed(site, megabytes), _memory(site)
    context, over, held = Caller(site).context(), threading.Event(), []
    for _ in range(HELD_AT_ONCE):
        plain = socket.socket()
        plain.bind((CROWD, 0))
        plain.connect(Caller(site).address)
        held.append(context.wrap_socket(plain))

    def dawdle() -> None:
        while not over.wait(0.2):
            for one in held:
                with contextlib.suppress(OSError):
                    one.sendall(b"G")

    dawdler = threading.Thread(target=dawdle)
    dawdler.start()
    try:
        crowded, grown = _speed(site, megabytes), _memory(site) - before
    finally:
        over.set()
        dawdler.join()
        for one in held:
            one.close()
    return _share("F21", "heads that never end, letter by letter", len(held), alone, crowded, grown, began)


def _share(number: str, name: str, many: int, alone: float, crowded: float, grown: int, began: float) -> Row:
    share = crowded / alone if alone else 1.0
    wrong = [f"an honest sender keeps {share:.0%} of its speed"] if share < LEAST_SHARE else []
    wrong += [f"{grown:,} bytes more memory"] if grown > MOST_GROWTH_BYTES else []
    told = f"an honest sender keeps {share:.0%} of its speed; {grown / 1e6:.0f} MB more memory"
    return Row(number, name, "receiving", many, 0, 0, time.monotonic() - began, tuple(wrong), told)
