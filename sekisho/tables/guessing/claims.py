"""Claims for medical fees: the items of their lines as columns (spec/inspect.md 3.3)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sekisho.tables.guessing.sample import Sample

MOST_ITEMS = 60  # of a kind of line
_READ = ("RE", "HO", "SY")
# Items by name after the record conditions of the claims system (記録条件仕様, 医科), from memory; a person checks them.
ITEMS = {
    "RE": (
        "レセプト番号 レセプト種別 診療年月 氏名 男女区分 生年月日 給付割合 入院年月日 病棟区分 一部負担金区分 レセプト特記事項 病床数"
        " カルテ番号等 割引点数単価"
    ),
    "HO": "保険者番号 被保険者証記号 被保険者証番号 診療実日数 合計点数 食事回数 食事合計金額 職務上の事由 証明書番号 負担金額",
    "SY": "傷病名コード 診療開始日 転帰区分 修飾語コード 傷病名称 主傷病 補足コメント",
}


@dataclass
class Claims:
    """The sampled rows of a claims file; `columns` are names with kind of line and item, `lines` the kinds and their numbers."""

    row: str
    columns: tuple[tuple[str, str], ...] = ()
    lines: Counter[str] = field(default_factory=Counter)


def read_claims(lines: Iterable[list[str]], known: Iterable[str]) -> tuple[Claims, Sample]:
    """Give back the columns and a sample of the rows: a row for each SY line, with what RE and HO of its claim say.

    A kind of line that is not in `known` counts as `??`: what stands there may be anything. Only claims with a SY line count.
    """
    kinds = frozenset(known)
    claims = Claims("SY")
    width = len(_READ) * MOST_ITEMS
    sample = Sample(width)
    latest: dict[str, list[str]] = {}
    for line in lines:
        kind = line[0] if line[0] in kinds else "??"
        claims.lines[kind] += 1
        if kind == "RE":
            latest = {}
        if kind in _READ:
            latest[kind] = line[1 : MOST_ITEMS + 1]
        if kind == claims.row:
            sample.add([cell for one in _READ for cell in _padded(latest.get(one, []))])
    sample.close()
    claims.columns = tuple(_column(place) for place in range(width) if _is_used(sample, place))
    return claims, sample


def place_of(source: str) -> int:
    """Give back which column of the sample holds an item, `RE.5`."""
    kind, _, item = source.partition(".")
    return _READ.index(kind) * MOST_ITEMS + int(item) - 2


def _column(place: int) -> tuple[str, str]:
    kind, item = _READ[place // MOST_ITEMS], place % MOST_ITEMS
    names = ITEMS[kind].split()
    source = f"{kind}.{item + 2}"
    return (names[item] if item < len(names) else source), source


def _is_used(sample: Sample, place: int) -> bool:
    return any(one.strip() for one in sample.values(place)[0])


def _padded(items: list[str]) -> list[str]:
    return items + [""] * (MOST_ITEMS - len(items))
