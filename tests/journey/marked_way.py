"""The way of the marked register through every command that touches rows, and through each way in which it can fail."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.journey import marked_table as marked
from tests.journey.marked_table import WORD
from tests.journey.processing_made import QuickSite, Town, make_site
from tests.journey.trial_site import CASE, TOWN, Done

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from sekisho.cli.main import main
from sekisho.zones.processing import {file}
{file}.{function} = lambda *_, **_more: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""
GOOD, MISFIT, NUMBERED, WRITTEN = 1, 2, 3, 4  # numbers of the parcels
BROKEN = {
    3: {"points": f"{WORD}三"},
    4: {"born": f"昭和39年13月1日{WORD}"},
    5: {"post": f"{WORD}987-6505"},
    6: {"number": marked.NUMBERS[6] + "0"},
    7: {"kind": f"={WORD}"},
    8: {"points": str(marked.points(8) * 1_000)},
    9: {"id": f'{WORD}"9'},
    11: {"name": f"{WORD}\x07"},
    12: {"income": ""},
}
REQUEST = """\
format = "sekisho-request-v1"
dataset = "marked register"
purpose = "research"
[proposer]
id = "aozora"
name = "Aozora Inc."
[period]
begins = 2026-04-01
ends = 2028-03-31
[[persons.where]]
column = "points"
at_least = 9_876_000_000
[[item]]
column = "born"
level = {level}
[[item]]
column = "income"
"""
FEE = """\
format = "sekisho-fee-v1"
ordinance = "the ordinance, Art. 5"
valid_from = 2023-04-01
base_yen = 21_000
per_started_hour_yen = 3_950
started_hours_of = "sum"
contractor = "added"
"""
BAD_POLICIES = {
    "no-toml": f'k = "{WORD}',
    "k-of-text": marked.policy().replace("k = 3", f'k = "{WORD}"'),
    "mode": marked.policy().replace('"local"', f'"{WORD}"'),
    "values": marked.policy() + f'[[change]]\ndo = "delete-rows"\ncolumn = "income"\nvalues = ["{WORD}", 1, true]\n',
    "too-large": marked.policy().replace("k = 3", "k = 61"),
    "no-plan": marked.policy().replace("1_000_000]", "1_000_000], highest = 0").replace("0.1", "0"),
}
BAD_LADDERS = {
    "no-tree": marked.ladder() + f"{WORD}町9999;市;*\n{WORD}町9999;{WORD};*\n",
    "missing": marked.ladder().partition("\n")[2],
    "ragged": marked.ladder() + f"{WORD}\n",
    "quotes": marked.ladder() + f'"{WORD};市;*\n',
}
BAD_DECISIONS = {
    "no-toml": f'reason = "{WORD}',
    "check": f'format = "sekisho-decisions-v1"\n[[decision]]\nitem = 3\ncheck = "{WORD}"\nreason = "x"\n',
}


@dataclass
class Walk:
    """A site, a clerk's and a scientist's folder, and what every command said: its name, the code it should end with."""

    trial: QuickSite
    said: list[tuple[str, int, Done]] = field(default_factory=list)
    servers: str = ""

    @property
    def clerk(self) -> Path:
        return self.trial.folder / "clerk"

    @property
    def desk(self) -> Path:
        return self.trial.folder / "desk"

    @property
    def town(self) -> Town:
        return Town(self.trial, TOWN)

    def ran(self, name: str, code: int, done: Done) -> None:
        self.said.append((name, code, done))

    def run(self, name: str, code: int, *arguments: object) -> None:
        self.ran(name, code, self.trial.run(*arguments))

    def killed(self, name: str, place: str, *arguments: object) -> None:
        """Run a command of processing that is killed where it comes to a function, `file.function`."""
        file, function = place.split(".")
        command = [sys.executable, "-c", KILLED.format(file=file, function=function), "--lang", "en", *arguments]
        ran = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)
        self.ran(name, -9, Done(ran.returncode, ran.stdout, ran.stderr))


def walk_the_way(folder: Path) -> Walk:
    walk = Walk(make_site(folder, TOWN, made=QuickSite))
    for one in (walk.clerk, walk.desk):
        one.mkdir()
    in_the_town(walk)
    walk.trial.start("receiving", "delivery", "recipient-riyou")
    try:
        into_processing(walk)
        worked_on(walk)
        out_of_processing(walk)
    finally:
        for server in walk.trial.servers.values():
            server.terminate()
            walk.servers += server.stdout.read() if server.stdout is not None else ""
        walk.trial.close()
    walk.run("audit", 0, "audit", "run", walk.trial.site)
    at_the_desk(walk)
    return walk


def in_the_town(walk: Walk) -> None:
    """Inspect and seal the register, and all that the clerk's tool refuses."""
    clerk, basis = walk.clerk, ("--basis", "law", "--reference", "1")
    schemas = {
        "good": marked.SCHEMA,
        "quoting": marked.SCHEMA.replace("maximum = 9_900_000_000", f'maximum = "{WORD}"'),
        "no-toml": marked.SCHEMA + f'"{WORD}',
        "listing": marked.SCHEMA.replace('type = "code", role = "sens', f'type = "code", values = ["{WORD}"], role = "sens'),
        "unsaid": marked.SCHEMA.replace('"code", role = "stripped", holds = "my-number"', '"text", role = "plain"'),
        "headless": marked.SCHEMA.replace("column = [", "header = false\ncolumn = ["),
    }  # fmt: skip
    for name, text in schemas.items():
        (clerk / f"{name}.toml").write_text(text, encoding="utf-8")
    tables = {"good": marked.table(), "broken": marked.table(BROKEN), "short": marked.table(without="kind")}
    tables["bare"] = tables["good"].partition(b"\n")[2]
    tables["cp932"] = tables["good"].decode().encode("cp932")
    for name, raw in tables.items():
        (clerk / f"{name}.csv").write_bytes(raw)
        walk.run(
            f"propose {name}", 0, "municipality", "inspect", clerk / f"{name}.csv", "--out", clerk / f"{name}.made"
        )
    tries = [
        ("good", name, 0 if name == "good" else 2 if name in {"listing", "unsaid", "headless"} else 4)
        for name in schemas
    ]
    for table, schema, code in [*tries, *((name, "good", 2) for name in tables if name != "good")]:
        given = (clerk / f"{table}.csv", "--schema", clerk / f"{schema}.toml")
        errors = ("--errors", clerk / f"errors-{table}-{schema}.csv")
        walk.run(f"inspect {table} {schema}", code, "municipality", "inspect", *given, *errors)
        walk.run(f"seal {table} {schema}", code, "municipality", "seal", *given, *basis, "--home", walk.town.home)


def into_processing(walk: Walk) -> None:
    """Send the good parcel and three that the clerk's tool would not have made, and fetch them, killed at first."""
    good = marked.SEALED_SCHEMA.encode()
    unsaid = good.replace(b"]\n", b'  { name = "number", type = "text", role = "plain" },\n]\n')
    numbered = [
        ",".join([*row.split(",")[:2], *row.split(",")[3:], row.split(",")[2]])
        for row in marked.table().decode().split()
    ]
    parcels = {
        MISFIT: (marked.table({one: cells for one, cells in BROKEN.items() if one != 9}, "number"), good),
        NUMBERED: ("\n".join([*numbered, ""]).encode(), unsaid),
        WRITTEN: (marked.table(without="number"), good + f'"{WORD}'.encode()),
    }  # fmt: skip
    for number, (table, schema) in parcels.items():
        walk.town.craft(number, {"table.csv": table, "schema.toml": schema}, marked.ROWS)
    walk.ran("send", 0, walk.town.send())
    home = walk.trial.home("processing")
    walk.killed("pull killed", "intake.disarm_alone", "processing", "pull", "--home", home)
    walk.ran("pull", 2, walk.trial.pull())


def worked_on(walk: Walk) -> None:
    """Run the work with every policy, ladder and decision that is refused, killed once, and then to its end."""
    trial, home = walk.trial, walk.trial.home("processing")
    policy, area = trial.folder / "policy.toml", trial.folder / "area.csv"
    area.write_text(marked.ladder(), encoding="utf-8")
    for name, text in BAD_POLICIES.items():
        policy.write_text(text, encoding="utf-8")
        walk.ran(f"run {name}", 3, trial.work())
    policy.write_text(marked.policy(()), encoding="utf-8")
    for name, text in BAD_LADDERS.items():
        area.write_text(text, encoding="utf-8")
        walk.ran(f"run {name}", 3, trial.work())
    area.write_text(marked.ladder(), encoding="utf-8")
    run = ("processing", "run", CASE, "--home", home, "--operator", "kakou", "--policy", policy)
    walk.run("run dictionary", 3, *run, "--dictionary", _written(trial.folder / "odd.toml", f'name = "{WORD}'))
    walk.killed("run killed", "workbench.judge_first", *run)
    walk.ran("run not met", 3, trial.work())
    for name, text in BAD_DECISIONS.items():
        decisions = _written(trial.folder / "decisions.toml", text)
        judge = ("processing", "judge", CASE, "--home", home, "--operator", "kakou")
        walk.run(f"judge {name}", 3, *judge, "--decisions", decisions)
    walk.ran("seal not met", 3, trial.seal_again())
    walk.ran("request not met", 3, trial.request())
    policy.write_text(marked.policy(), encoding="utf-8")
    walk.ran("run", 0, trial.work())


def out_of_processing(walk: Walk) -> None:
    """Seal, ask, approve, hand over and open; refused on the way, and told about."""
    trial, home = walk.trial, walk.trial.home("processing")
    walk.ran("seal for nobody", 3, trial.seal_again(recipient="nobody"))
    walk.ran("seal", 0, trial.seal_again())
    walk.ran("run sealed", 3, trial.work())
    walk.ran("request", 0, trial.request())
    walk.ran("push too early", 3, trial.push())
    walk.run("show", 0, "release", "show", CASE, "--home", home)
    for person in ("shinsa", "anzen"):
        walk.ran(f"approve {person}", 0, trial.release("approve", person))
    walk.ran("push", 0, trial.push())
    walk.ran("open", 0, trial.open())
    walk.run("cases", 0, "processing", "cases", "--home", home)
    formula = _written(trial.folder / "fee.toml", FEE)
    walk.run(
        "fee", 0, "processing", "fee", CASE, "--home", home, "--formula", formula, "--out", trial.folder / "fee.json"
    )


def at_the_desk(walk: Walk) -> None:
    """Run what a data scientist runs, on the same rows; ends of intervals and members of sets are in the table alone."""
    desk = walk.desk
    files = {"schema.toml": marked.SEALED_SCHEMA, "area.csv": marked.ladder()}
    files |= {"sets.toml": marked.policy(labels="sets"), "broken.toml": BAD_POLICIES["values"]}
    files |= {"global.toml": marked.policy().replace('"local"', '"global"').replace('labels = "intervals"\n', "")}
    files |= {f"request-{level}.toml": REQUEST.format(level=level) for level in (0, 1)}
    for name, text in files.items():
        (desk / name).write_text(text, encoding="utf-8")
    (desk / "table.csv").write_bytes(marked.table(without="number"))
    (desk / "wrong.csv").write_bytes(marked.table({one: cells for one, cells in BROKEN.items() if one != 6}, "number"))
    schema = ("--schema", desk / "schema.toml")
    for table, policy, code in [
        ("table", "sets", 0),
        ("table", "global", 0),
        ("table", "broken", 4),
        ("wrong", "sets", 2),
    ]:
        given = (desk / f"{table}.csv", *schema, "--policy", desk / f"{policy}.toml")
        walk.run(f"deid {table} {policy}", code, "deid", "run", *given, "--out", desk / f"{table}-{policy}")
    walk.run("measure", 0, "deid", "measure", desk / "table.csv", *schema, "--json", desk / "measures.json")
    both = (desk / "table-sets" / "table.csv", *schema, "--compare", desk / "table.csv", "--policy", desk / "sets.toml")
    walk.run("compare", 0, "deid", "measure", *both, "--json", desk / "compared.json")
    walk.run("measure wrong", 2, "deid", "measure", desk / "wrong.csv", *schema, "--compare", desk / "table.csv")
    for level, code in ((0, 3), (1, 0)):
        given = ("--table", desk / "table.csv", *schema, "--policy", desk / "sets.toml", "--least", 10)
        asked = ("deid", "feasibility", desk / f"request-{level}.toml", *given, "--runs", 4)
        walk.run(f"feasibility {level}", code, *asked, "--out", desk / f"answer-{level}")
    for column, code in (("area", 3), ("points", 0), ("born", 0)):
        page = ("--page", desk / f"{column}.html")
        walk.run(f"ladder {column}", code, "deid", "ladder", desk / "table.csv", *schema, "--column", column, *page)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
