"""Codes of municipalities that were given up, and since when others stand for them (市町村の廃置分合, 市制施行, 政令指定都市移行).

Facts of the Ministry's notices of changed codes (総務省, 全国地方公共団体コード改正一覧). Whole since 2011: mergers, towns and
villages that became cities, the wards of 浜松市. Whole since 1972: cities whose code changed when they were designated.
Of the mergers from 1999 to 2010 (平成の大合併), which ended some 1,800 codes, it has 36: a code that is not here is read as one
of a municipality, but has no successor, and no label in the built-in ladder.
"""

from datetime import date
from functools import cache

from sekisho.deid.ladders.builtin.municipalities import AS_OF
from sekisho.deid.ladders.builtin.municipality import known_codes, labels_of, municipality_of, read_code

EDITION = "1"

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
2008-11-01 22103 22383
2008-11-01 22210 22381
2009-01-01 22214 22401
2009-04-01 33100 33201
2009-06-01 10202 10363
2009-09-01 04205 04603
2009-10-01 23233 23345
2010-01-04 23236 23521
2010-02-01 23207 23603
2010-03-08 19368 19361 19362
2010-03-23 11210 11421 11424 11425
2010-03-23 11232 11446 11461 11462
2010-03-23 12231 12325 12328
2010-03-23 22207 22361
2010-03-23 22221 22503
2010-03-31 42202 42388 42389
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
TODAY = date.fromisoformat(f"{AS_OF}-01")
"""The day as of which `municipalities` stands."""


def climb_municipality(code: str) -> tuple[str, ...] | None:
    """Give back the labels from level 1 to below `*`; a ward of a designated city becomes the city.

    A code that was given up becomes today's municipality, if one municipality has all that was its own. None for what is
    no such code of five digits, or of six with a check digit that is right.
    """
    five = read_code(code)
    places = {municipality_of(one) for one in successor(five, TODAY)} if five else set()
    place = places.pop() if len(places) == 1 else None
    return labels_of(place) if place else None


def successor(code: str, on: date) -> tuple[str, ...]:
    """Give back the five digits that stand for `code` on that day, in rising order: itself if it is not yet given up.

    Several where it was parted; none for a code that neither this table nor that of today's municipalities has.
    """
    changes = [(day, after) for day, after in _changes().get(code, ()) if day <= on]
    if not changes:
        return (code,) if is_known(code) else ()
    return tuple(sorted({last for _, after in changes for last in successor(after, on)}))


def is_known(code: str) -> bool:
    """Give back whether five digits are, or by this table were, the code of a municipality or a ward."""
    return code in known_codes() or code in _changes()


@cache
def _changes() -> dict[str, tuple[tuple[date, str], ...]]:
    found: dict[str, tuple[tuple[date, str], ...]] = {}
    for line in TABLE.strip().splitlines():
        day, after, *before = line.split(" ")
        for code in before:
            found[code] = (*found.get(code, ()), (date.fromisoformat(day), after))
    return found
