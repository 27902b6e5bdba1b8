"""A made town of a few hundred people that passes all five items, and what spoils it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files

from sekisho.deid.deidentify import plan_table, release_table
from sekisho.deid.policy import Policy
from sekisho.deid.schema import Schema, read_schema
from sekisho.deid.standard.dictionary import Dictionary, read_dictionary
from sekisho.deid.standard.gate import judge
from sekisho.deid.standard.judgement import Check, Decision, Item, Judgement, Outcome
from sekisho.deid.table import Table, Value, column_of
from sekisho.deid.written.policy import read_policy

ENTROPY = bytes(range(32))
TODAY = date(2026, 11, 23)
PEOPLE = 600

SCHEMA = {
    "宛名番号": 'type = "code"\nrole = "identifier"\nholds = "link"',
    "氏名": 'type = "text"\nrole = "identifier"\nholds = "name"',
    "年齢": 'type = "integer"\nrole = "quasi-identifier"',
    "性別": 'type = "code"\nrole = "quasi-identifier"\nvalues = ["男", "女"]',
    "要介護度": 'type = "code"\nrole = "sensitive"',
    "所得": 'type = "integer"\nrole = "sensitive"',
}
POLICY = """
format = "sekisho-policy-v1"
k = 5
suppression_limit = 0.2
[ladder]
"年齢" = { bands = [10, 20], top = 90 }
"性別" = { file = "sex.csv" }
"""
SURNAMES = ("佐藤", "鈴木", "髙橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤")
GIVEN = ("一郎", "花子", "次郎", "桜", "健", "美咲", "翔太", "陽菜", "大輔", "真由美", "実", "恵")


def mixed(place: int, salt: int) -> int:
    """Give a number without order: the low bits of a multiplication, as a plain generator has them."""
    return ((place + 1) * 2_654_435_761 + salt * 40_503) % 2**32 >> 7


@dataclass
class Town:
    """Cells by column, how each column is declared, and further lines of the policy."""

    cells: dict[str, list[Value]]
    declared: dict[str, str] = field(default_factory=lambda: dict(SCHEMA))
    policy: str = POLICY

    def with_column(self, name: str, declared: str, cells: Sequence[Value]) -> "Town":
        return Town({**self.cells, name: list(cells)}, {**self.declared, name: declared}, self.policy)

    def with_policy(self, more: str) -> "Town":
        return Town(self.cells, self.declared, self.policy + more)

    def with_cells(self, name: str, changed: Mapping[int, Value]) -> "Town":
        cells = [changed.get(place, cell) for place, cell in enumerate(self.cells[name])]
        return Town({**self.cells, name: cells}, self.declared, self.policy)

    @property
    def table(self) -> Table:
        return Table(tuple(column_of(name, list(cells)) for name, cells in self.cells.items()))

    @property
    def schema(self) -> Schema:
        columns = "".join(f'[[column]]\nname = "{name}"\n{told}\n' for name, told in self.declared.items())
        return read_schema(f'format = "sekisho-schema-v1"\nname = "町"\nencoding = "utf-8"\n{columns}'.encode())

    @property
    def rules(self) -> Policy:
        return read_policy(self.policy.encode(), {"sex.csv": "男;*\n女;*\n".encode()})


def town(people: int = PEOPLE) -> Town:
    """Give a town whose release has nothing to object to."""
    cells: dict[str, list[Value]] = {name: [] for name in SCHEMA}
    for place in range(people):
        cells["宛名番号"].append(f"{30_000_000 + place:08}")
        cells["氏名"].append(f"{SURNAMES[mixed(place, 1) % 10]}\u3000{GIVEN[mixed(place, 2) % 12]}")
        cells["年齢"].append(mixed(place, 3) % 95)
        cells["性別"].append("男女"[mixed(place, 4) % 2])
        cells["要介護度"].append(("非該当", "要支援1", "要介護1", "要介護3")[mixed(place, 5) % 4])
        cells["所得"].append(mixed(place, 6) % 90 * 100_000)
    return Town(cells)


def default_dictionary() -> Dictionary:
    return read_dictionary((files("sekisho.deid.standard") / "japan.toml").read_bytes())


def judged(
    made: Town,
    *,
    released: Table | None = None,
    decisions: tuple[Decision, ...] = (),
    dictionary: Dictionary | None = None,
) -> Judgement:
    """De-identify the town and judge what came of it, or `released` in its place."""
    schema, policy, table = made.schema, made.rules, made.table
    planned = plan_table(table, schema, policy, entropy=ENTROPY, masking=lambda column: column)
    outcome = release_table(table, schema, planned, entropy=ENTROPY)
    return judge(
        table,
        outcome.table if released is None else released,
        schema=schema,
        policy=planned.policy,
        plan=outcome.plan,
        report=outcome.report,
        dictionary=dictionary or default_dictionary(),
        on=TODAY,
        decisions=decisions,
    )


def release_of(made: Town) -> Table:
    planned = plan_table(made.table, made.schema, made.rules, entropy=ENTROPY, masking=lambda column: column)
    return release_table(made.table, made.schema, planned, entropy=ENTROPY).table


def objections(judgement: Judgement) -> set[tuple[int, str, str]]:
    """Give item, check and column of everything that is not clear."""
    return {
        (one.item.value, check.look.value, check.column)
        for one in judgement.items
        for check in one.checks
        if check.outcome is not Outcome.CLEAR
    }


def check_of(judgement: Judgement, item: Item, look: str, column: str = "") -> Check:
    checks = next(one.checks for one in judgement.items if one.item is item)
    return next(one for one in checks if one.look.value == look and one.column == column)
