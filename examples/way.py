"""The whole way on one machine: two municipalities seal, three zones work, two people release, one recipient opens.

Every stop is its own operating-system process and uses the command line as a user would; nothing is shared between
roles but what they say over TLS. Run by `make way`.
"""

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from examples.town.exports.all import write_exports
from examples.town.places import ADULT_TOWN, ADULT_TOWN_CODE, CITY, CITY_CODE
from examples.town.residents import make_town
from sekisho.datasets.ready import POLICY, SCHEMA, ready_folder
from sekisho.pages.words import Words, choose_language, words_in

HERE = Path(__file__).parent
READY_SECONDS = 30
PR_SET_PDEATHSIG = 1
RESIDENTS, SEED = 50_000, 1
REGISTER, HEALTH = "resident-register", "health-checks"
SERVERS = ("receiving", "delivery", "recipient-riyou")


@dataclass(frozen=True)
class Source:
    """One parcel of the way: who sends what as which number, by which schema and policy, and what is decided about it."""

    code: str
    name: str
    table: Path
    schema: Path
    policy: Path
    number: int = 1
    decisions: Path | None = None

    @property
    def case(self) -> str:
        return f"{self.code}-{self.number:06d}"


class Way:
    """The site and how far we are."""

    def __init__(self, folder: Path, words: Words) -> None:
        self.folder = folder
        self.site = folder / "site"
        self.words = words
        self.began = time.monotonic()

    def run(self, *arguments: str | Path) -> str:
        """Give back what a command said; a command that fails ends the way with its own words and code."""
        command = [sys.executable, "-m", "sekisho", "--lang", self.words.language.value, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            sys.exit(done.returncode)
        return done.stdout.strip()

    def stop(self, number: int, key: str, said: str) -> None:
        """Print one stop of the way: when, what, and what its command said."""
        seconds = time.monotonic() - self.began
        print(f"{seconds:5.1f} s  {number:2}  {self.words.say(f'way.{key}')}")
        for line in said.splitlines():
            print(f"            {_shorter(line, Path.cwd())}")
        sys.stdout.flush()

    def home(self, role: str) -> Path:
        return self.site / role


def sources(folder: Path) -> tuple[Source, ...]:
    """Give back two exports of the made town, written now, and the Adult census table.

    The town's register leaves its My Numbers behind when it is sealed; of its health checks the remarks are masked.
    """
    town, adult = folder / "town", HERE / "adult"
    people = make_town(RESIDENTS, SEED)
    files = {one: write_exports(people, SEED, town, one)[0].file for one in (REGISTER, HEALTH)}
    register, health = (ready_folder(one) for one in (REGISTER, HEALTH))
    return (
        Source(CITY_CODE, CITY, town / files[REGISTER], register / SCHEMA, register / POLICY),
        Source(
            CITY_CODE,
            CITY,
            town / files[HEALTH],
            health / SCHEMA,
            HERE / "town" / "health-policy.toml",
            number=2,
            decisions=HERE / "town" / "health-decisions.toml",
        ),
        Source(ADULT_TOWN_CODE, ADULT_TOWN, adult / "adult.csv", adult / "schema.toml", adult / "policy.toml"),
    )


@contextmanager
def serving(way: Way, role: str) -> Iterator[None]:
    """Run one role's server for as long as this lasts."""
    command = [sys.executable, "-m", "sekisho", role.partition("-")[0], "serve", "--home", str(way.home(role))]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=_end_with_parent)  # noqa: PLW1509 - this program has one thread
    try:
        assert server.stdout is not None
        if not server.stdout.readline():
            sys.exit(server.wait(timeout=READY_SECONDS))
        yield
    finally:
        server.terminate()
        server.wait(timeout=READY_SECONDS)


def walk(way: Way, source: Source) -> None:
    """Take one export from its municipality to the recipient."""
    home, case, processing = way.home(f"municipality-{source.code}"), source.case, way.home("processing")
    basis = ("--basis", "entrustment", "--reference", f"{source.name} 2026-1")
    sealed = way.run("municipality", "seal", source.table, "--home", home, "--schema", source.schema, *basis)
    way.stop(1, "seal", sealed)
    way.stop(2, "receive", way.run("municipality", "send", "--home", home))
    way.stop(3, "fetch", way.run("processing", "pull", "--home", processing))
    operator = ("--operator", "kakou")
    decided = ("--decisions", source.decisions) if source.decisions else ()
    worked = way.run("processing", "run", case, "--home", processing, *operator, "--policy", source.policy, *decided)
    way.stop(4, "deidentify", worked)
    way.stop(5, "seal_again", way.run("processing", "seal", case, "--home", processing, "--recipient", "riyou"))
    asked = way.run("release", "request", case, "--home", processing, *operator)
    approved = [
        way.run("release", "approve", case, "--home", processing, "--person", person, "--key", _key(way, person))
        for person in ("shinsa", "anzen")
    ]
    way.stop(6, "release", "\n".join([asked, *approved]))
    way.stop(7, "deliver", way.run("processing", "push", case, "--home", processing))
    way.stop(8, "unseal", way.run("recipient", "open", case, "--home", way.home("recipient-riyou")))


def main() -> None:
    """Walk the way in `build/way`; whatever ends it, every process that it started ends with it."""
    words = words_in(choose_language(None, os.environ))
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/way").absolute()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    try:
        with alone(folder, words):
            walk_all(folder, words)
    except KeyboardInterrupt:
        print(words.say("way.interrupted"), file=sys.stderr)
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:  # whoever read this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


@contextmanager
def alone(folder: Path, words: Words) -> Iterator[None]:
    """Keep a second way out of the folder while one is under way."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(words.say("way.busy", folder=_shorter(str(folder), Path.cwd())), file=sys.stderr)
            sys.exit(1)
        yield


def _end_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is gone, however that went (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def walk_all(folder: Path, words: Words) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    way = Way(folder, words)
    found = sources(folder)
    towns = {one.code: one.name for one in found}
    way.stop(
        0,
        "site",
        way.run(
            "site", "init", way.site, "--trial", *(f"--municipality={code}={name}" for code, name in towns.items())
        ),
    )
    with ExitStack() as servers:
        for role in SERVERS:
            servers.enter_context(serving(way, role))
        for source in found:
            print(f"\n{source.name}  {source.table.name}")
            walk(way, source)
    print()
    way.stop(9, "audit", way.run("audit", "run", way.site))
    print()
    print(_where(way, found))


def _where(way: Way, found: tuple[Source, ...]) -> str:
    """Give back where the results lie, and the one command that audits them."""
    lines = [
        way.words.say("way.files", folder=_shorter(str(way.home("recipient-riyou") / "opened" / one.case), Path.cwd()))
        for one in found
    ]
    page = f"report.{way.words.language.value}.html"
    for one in found:
        report = way.home("recipient-riyou") / "opened" / one.case / page
        lines.append(way.words.say("way.report", file=_shorter(str(report), Path.cwd())))
        judged = way.home("processing") / "shelf" / "reports" / f"{one.case}.v1.standard.{way.words.language.value}.pdf"
        lines.append(way.words.say("way.judgement", file=_shorter(str(judged), Path.cwd())))
    ledgers = ", ".join(_shorter(str(way.home(zone) / "ledger"), Path.cwd()) for zone in _ZONES)
    lines.append(way.words.say("way.ledgers", folders=ledgers))
    sekisho = _shorter(str(Path(sys.executable).parent / "sekisho"), Path.cwd())
    command = f"{sekisho} --lang {way.words.language.value} audit run {_shorter(str(way.site), Path.cwd())}"
    lines.append(way.words.say("way.audit_again", command=command))
    return "\n".join(lines)


_ZONES = ("receiving", "processing", "delivery")


def _key(way: Way, person: str) -> Path:
    return way.site / "people" / person / "approver.pem"


def _shorter(text: str, folder: Path) -> str:
    return text.replace(f"{folder}/", "")


if __name__ == "__main__":
    main()
