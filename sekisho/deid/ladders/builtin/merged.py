"""Codes of municipalities that were given up, and since when others stand for them (市町村の廃置分合, 市制施行, 政令指定都市移行).

Facts of the Ministry's notices of changed codes (総務省, 全国地方公共団体コード改正一覧). Whole since 2011: mergers, towns and
villages that became cities, the wards of 浜松市. Whole since 1972: cities whose code changed when they were designated.
Of the mergers from 1999 to 2010 (平成の大合併), which ended some 1,800 codes, it has 53: a code that is not here is read as one
of a municipality, but has no successor, and no label in the built-in ladder. A file made from a published list brings all of
them (spec/policy.md 4.3, 4.4).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache

from sekisho.deid.ladders.builtin.given_up import TODAY, Merged, changes_of, sort_out
from sekisho.deid.ladders.builtin.municipality import (
    known_codes,
    labels_of,
    labels_of_parts,
    municipality_of,
    read_code,
)

EDITION = "2"

# The day, the code from that day on, and those that it took the place of, in the order of the days. A code in two lines
# of one day was parted.
TABLE = """
1972-04-01 01100 01201
1972-04-01 14130 14202
1972-04-01 40130 40201
1980-04-01 34100 34201
1989-04-01 04100 04201
1992-04-01 12100 12201
2001-05-01 11244 11204 11205 11220
2003-04-01 11100 11244
2003-04-01 22201 22204
2005-04-01 11100 11213
2005-04-01 22100 22201
2006-04-01 27140 27201
2007-04-01 15100 15201
2007-04-01 22130 22202
2008-01-15 23207 23601 23604
2008-03-21 35213 35461 35462
2008-04-01 15212 15582 15583 15584 15585
2008-04-01 22209 22426
2008-10-06 43201 43342
2008-11-01 22103 22383
2008-11-01 22210 22381
2008-11-01 46224 46209 46421
2009-01-01 22214 22401
2009-04-01 33100 33201
2009-06-01 10202 10363
2009-09-01 04205 04603
2009-10-01 23233 23345
2010-01-01 40230 40222 40462 40463
2010-01-04 23236 23521
2010-02-01 23207 23603
2010-02-01 40210 40541 40543 40545 40546
2010-03-08 19368 19361 19362
2010-03-23 11210 11421 11424 11425
2010-03-23 11232 11446 11461 11462
2010-03-23 12231 12325 12328
2010-03-23 22207 22361
2010-03-23 22221 22503
2010-03-31 42202 42388 42389
2010-04-01 01472 01439
2010-04-01 01520 01488
2010-04-01 14150 14209
2011-04-01 23213 23481 23482 23483
2011-08-01 32201 32304
2011-09-26 03209 03422
2011-10-01 09203 09321
2011-10-01 32203 32401
2011-10-11 11203 11226
2011-11-11 17212 17344
2012-01-04 23238 23304
2012-04-01 43100 43201
2012-10-01 11246 11445
2013-01-01 12239 12402
2014-01-01 03216 03305
2014-04-05 09203 09367
2016-10-10 04216 04423
2018-10-01 40231 40305
2024-01-01 22138 22131 22132 22133 22134 22135
2024-01-01 22139 22135 22136
2024-01-01 22140 22137
"""


def climb_municipality(code: str, merged: Merged | None = None) -> tuple[str, ...] | None:
    """Give back the labels from level 1 to below `*`; a ward of a designated city becomes the city.

    A code that was given up becomes today's municipality; if what was its own lies in several, their prefecture stands
    at level 1 too. None for what is no such code of five digits, or of six with a check digit that is right, and where
    the parts lie in several prefectures. `merged` is the built-in table unless given.
    """
    five = read_code(code)
    places = [municipality_of(one) for one in successor(five, TODAY, merged)] if five else []
    known = tuple({one.code: one for one in places if one}.values())
    if not known or None in places:
        return None
    return labels_of(known[0]) if len(known) == 1 else labels_of_parts(known)


def successor(code: str, on: date, merged: Merged | None = None) -> tuple[str, ...]:
    """Give back the five digits that stand for `code` on that day, in rising order: itself if it is not yet given up.

    Several where it was parted; none for a code that neither this table nor that of today's municipalities has.
    """
    return (merged or builtin_merged()).successors(code, on) if is_known(code, merged) else ()


def is_known(code: str, merged: Merged | None = None) -> bool:
    """Give back whether five digits are, or by this table were, the code of a municipality or a ward."""
    return code in known_codes() or code in (merged or builtin_merged()).ends


@dataclass(frozen=True)
class Resolved:
    """Of the codes that a table says have ended: how many are one municipality today, lie in several, have no label."""

    one: int
    parted: int
    lost: int


def resolve(merged: Merged) -> Resolved:
    """Give back how far the table goes."""
    counts = Counter(_places(code, merged) for code in merged.ends)
    return Resolved(counts[1], sum(count for places, count in counts.items() if places > 1), counts[0])


def _places(code: str, merged: Merged) -> int:
    """Give back in how many of today's municipalities lies what was a code's own; 0 where it has no label."""
    labelled = climb_municipality(code, merged) is not None
    return len({municipality_of(one) for one in successor(code, TODAY, merged)}) if labelled else 0


@cache
def builtin_merged() -> Merged:
    """Give back the table above."""
    merged, _ = sort_out(one for line in TABLE.strip().splitlines() for one in changes_of(line))
    return merged
