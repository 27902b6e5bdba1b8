"""A trial site in a folder, its servers as real processes, its commands as a user calls them."""

import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from pathlib import Path

from sekisho.cli.clock import now
from sekisho.cli.main import main
from sekisho.ends.municipality import Export, open_municipality
from sekisho.ends.sealing import as_it_stands
from sekisho.parcel.draft import LegalBasis, LegalBasisKind

TOWN = "132993"
CASE = f"{TOWN}-000001"
READY_SECONDS = 30

SCHEMA = """\
format = "sekisho-schema-v1"
name = "made register"
encoding = "utf-8"
delimiter = ","

[[column]]
name = "id"
type = "text"
role = "identifier"

[[column]]
name = "age"
type = "integer"
role = "quasi-identifier"
minimum = 0
maximum = 130

[[column]]
name = "sex"
type = "code"
role = "quasi-identifier"
values = ["F", "M"]

[[column]]
name = "income"
type = "integer"
role = "sensitive"
"""

POLICY = """\
format = "sekisho-policy-v1"
k = 3
suppression_limit = 0.2
[ladder]
age = { bands = [10, 20], top = 90 }
sex = { file = "sex.csv" }
"""


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, output, errors."""

    code: int
    out: str
    err: str


def seal_unlooked_at(home: Path, path: Path, schema: Path) -> Done:
    """Seal a file as a tool would that looks at nothing: what is in it is for processing to see."""
    content = as_it_stands(path, schema)
    basis = LegalBasis(LegalBasisKind.ENTRUSTMENT, "test contract 1")
    open_municipality(home / "settings.toml", now).seal(Export(content, basis, timedelta(days=30)), os.urandom)
    return Done(0, "", "")


def table(rows: int = 60) -> bytes:
    """Give back a small register whose classes are large enough for POLICY."""
    lines = [f"p{one:04d},{20 + one % 5 * 10},{'FM'[one % 2]},{3_000_000 + one % 4 * 500_000}" for one in range(rows)]
    return ("id,age,sex,income\n" + "\n".join(lines) + "\n").encode()


def said_here(*arguments: object, lang: str = "en") -> Done:
    """Give back what a command said, run within this process: the same command line, ten times as fast."""
    out, err = StringIO(), StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["--lang", lang, *map(str, arguments)])
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


@dataclass
class TrialSite:
    """One site; every process that it started ends with `close`."""

    folder: Path
    servers: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def home(self, role: str) -> Path:
        return self.site / role

    @property
    def municipality(self) -> Path:
        return self.home(f"municipality-{TOWN}")

    def init(self, *extra: str) -> "TrialSite":
        """Make the site within the test's own process, with ports that are its alone (`conftest.py`)."""
        done = said_here("site", "init", self.site, "--trial", *extra)
        assert done.code == 0, done.err
        (self.folder / "schema.toml").write_text(SCHEMA, encoding="utf-8")
        (self.folder / "policy.toml").write_text(POLICY, encoding="utf-8")
        (self.folder / "sex.csv").write_text("F;*\nM;*\n", encoding="utf-8")
        return self

    def run(self, *arguments: object, lang: str = "en", **environment: str) -> Done:
        """Give back what a command said, run as a process of its own."""
        command = [sys.executable, "-m", "sekisho", "--lang", lang, *map(str, arguments)]
        ran = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **environment}
        )
        return Done(ran.returncode, ran.stdout, ran.stderr)

    def start(self, *roles: str) -> None:
        """Start servers ("receiving", "delivery", "recipient-riyou") and wait until each is ready."""
        for role in roles:
            command = [sys.executable, "-m", "sekisho", "--lang", "en", role.partition("-")[0], "serve", "--home"]
            server = subprocess.Popen([*command, str(self.home(role))], stdout=subprocess.PIPE, text=True)
            self.servers[role] = server
            assert server.stdout is not None
            assert server.stdout.readline(), f"{role} did not start"

    def stop(self, role: str, how: int = signal.SIGTERM) -> None:
        server = self.servers.pop(role)
        server.send_signal(how)
        server.wait(timeout=READY_SECONDS)
        if server.stdout is not None:
            server.stdout.close()

    def close(self) -> None:
        for role in list(self.servers):
            self.stop(role)

    # The stops of the way, as short as a test can say them.

    def seal_unlooked_at(self, raw: bytes) -> Done:
        path = self.folder / "table.csv"
        path.write_bytes(raw)
        return seal_unlooked_at(self.municipality, path, self.folder / "schema.toml")

    def seal(self, raw: bytes | None = None, schema: Path | None = None, *extra: str) -> Done:
        path = self.folder / "table.csv"
        path.write_bytes(table() if raw is None else raw)
        basis = ("--basis", "entrustment", "--reference", "test contract 1")
        return self.run(
            "municipality", "seal", path, "--home", self.municipality,
            "--schema", schema or self.folder / "schema.toml", *basis, *extra,
        )  # fmt: skip

    def send(self) -> Done:
        return self.run("municipality", "send", "--home", self.municipality)

    def pull(self) -> Done:
        return self.run("processing", "pull", "--home", self.home("processing"))

    def work(self, case: str = CASE, operator: str = "kakou") -> Done:
        policy = self.folder / "policy.toml"
        return self.run(
            "processing", "run", case, "--home", self.home("processing"), "--operator", operator, "--policy", policy
        )

    def seal_again(self, case: str = CASE, recipient: str = "riyou") -> Done:
        return self.run("processing", "seal", case, "--home", self.home("processing"), "--recipient", recipient)

    def request(self, case: str = CASE, operator: str = "kakou") -> Done:
        return self.run("release", "request", case, "--home", self.home("processing"), "--operator", operator)

    def release(self, move: str, *people: str, case: str = CASE) -> Done:
        """Run `release approve|refuse|hold|resume` by these people, each with their own key."""
        who = [text for one in people for text in ("--person", one, "--key", str(self.key(one)))]
        return self.run("release", move, case, "--home", self.home("processing"), *who)

    def key(self, person: str) -> Path:
        return self.site / "people" / person / "approver.pem"

    def push(self, case: str = CASE, wait: int = 20) -> Done:
        return self.run("processing", "push", case, "--home", self.home("processing"), "--wait", str(wait))

    def open(self, case: str = CASE) -> Done:
        return self.run("recipient", "open", case, "--home", self.home("recipient-riyou"))

    def audit(self) -> Done:
        return self.run("audit", "run", self.site)

    def events(self, zone: str) -> list[dict]:
        """Give back the entries of a zone's ledger."""
        import json

        path = self.home(zone) / "ledger" / "entries"
        return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []
