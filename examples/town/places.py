"""The made town: 関所市, its districts, quarters and blocks. It lies nowhere."""

from dataclasses import dataclass

CITY = "関所市"
DISTRICT_LEVEL = 2  # of a ladder line: block, quarter, district, *

# Five digits and a check digit (weights 6 5 4 3 2, modulus 11; the Ministry of Internal Affairs' list of codes).
# Neither code is given to any municipality.
CITY_CODE = "132993"
ADULT_TOWN = "標本町"  # the second municipality, which sends the Adult census table
ADULT_TOWN_CODE = "133981"

_NUMERALS = "一二三四五"
_DISTRICTS = {
    # quarter, number of blocks (0: a hamlet without blocks), how many people want to live there
    "中央地区": (("表町", 4, 9), ("本町", 3, 8), ("能登屋町", 3, 7), ("城内", 2, 5), ("申塚町", 2, 5)),
    "東地区": (("桜台", 5, 14), ("十日市", 3, 9), ("構口", 2, 5), ("旭丘", 4, 11)),
    "西地区": (("西原", 4, 11), ("禄寿", 2, 5), ("若葉", 4, 12), ("泉台", 3, 9)),
    "南地区": (("港町", 3, 8), ("浜崎", 2, 5), ("緑が丘", 5, 15), ("南新田", 2, 6)),
    "北地区": (
        ("北宿", 2, 3),
        ("大字関上", 0, 1.2),
        ("大字畑中", 0, 1),
        ("大字蚕飼", 0, 0.7),
        ("大字沢入", 0, 0.5),
        ("大字峠", 0, 0.3),
    ),
}
_FOREIGN_SHARE = {"港町": 0.16, "浜崎": 0.09, "十日市": 0.07}  # of households; elsewhere the share below
_FOREIGN_SHARE_ELSEWHERE = 0.03


@dataclass(frozen=True)
class Place:
    """A block (町丁目) with what lies above it; `weight` is the share of households relative to other places."""

    block: str
    quarter: str
    district: str
    weight: float
    foreign_share: float

    @property
    def was_another_town(self) -> bool:
        """Whether the place came in by a merger: its records keep the other town's ways of writing."""
        return self.district == "北地区"


def places() -> tuple[Place, ...]:
    """Give back every block, in the order in which the city lists them."""
    return tuple(
        Place(block, quarter, district, weight / max(blocks, 1), _FOREIGN_SHARE.get(quarter, _FOREIGN_SHARE_ELSEWHERE))
        for district, quarters in _DISTRICTS.items()
        for quarter, blocks, weight in quarters
        for block in _blocks(quarter, blocks)
    )


def check_digit(five_digits: str) -> int:
    """Give back the sixth digit of a municipality's code: 11 − (Σ digit × weight mod 11), its last digit."""
    total = sum(int(digit) * weight for digit, weight in zip(five_digits, (6, 5, 4, 3, 2), strict=True))
    return (11 - total % 11) % 10


def _blocks(quarter: str, blocks: int) -> tuple[str, ...]:
    return tuple(f"{quarter}{numeral}丁目" for numeral in _NUMERALS[:blocks]) or (quarter,)
