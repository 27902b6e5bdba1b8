"""People who would be recognised: put into the town on purpose, so that de-identification can be tried on them."""

from dataclasses import dataclass

from examples.town.households import Member, Members


@dataclass(frozen=True)
class Plant:
    """A household of which the person at `who` stands out: no other row has the same cells in `unique_on`.

    `why` is for people; `block` is where they live; `income_yen` and `care`, where given, replace what would be drawn.
    """

    kind: str
    why: str
    unique_on: tuple[str, ...]
    block: str
    members: Members
    who: int = 0
    foreign: bool = False
    income_yen: int | None = None
    care: str | None = None


def _alone(age: int, block: str) -> Plant:
    return Plant("very-old", f"the only person of {age}", ("年齢",), block, (Member("世帯主", "女", age),))


def _with_child(age: int, block: str) -> Plant:
    members = (Member("世帯主", "男", age - 27), Member("母", "女", age))
    return Plant("very-old", f"the only person of {age}", ("年齢",), block, members, who=1)


_MANY_CHILDREN = tuple(Member("子", "男女"[place % 2], 17 - 2 * place) for place in range(9))
_LARGE = (Member("世帯主", "男", 44), Member("妻", "女", 41), *_MANY_CHILDREN)

PLANTS = (
    _alone(116, "本町二丁目"),
    _alone(112, "大字沢入"),
    _with_child(110, "桜台三丁目"),
    _alone(108, "若葉一丁目"),
    _with_child(106, "大字峠"),
    _alone(104, "緑が丘五丁目"),
    _with_child(103, "表町四丁目"),
    _alone(102, "浜崎一丁目"),
    _alone(101, "泉台二丁目"),
    _with_child(100, "旭丘三丁目"),
    Plant(
        "alone-under-age",
        "heads a household at 17, in the smallest hamlet",
        ("年齢", "続柄"),
        "大字峠",
        (Member("世帯主", "女", 17),),
    ),
    Plant(
        "foreign-parent",
        "the only mother of a head of household who is a foreign national",
        ("続柄", "国籍区分"),
        "大字関上",
        (Member("世帯主", "男", 43), Member("母", "女", 71)),
        who=1,
        foreign=True,
    ),
    Plant(
        "rare-tie",
        "the only 縁故者",
        ("続柄",),
        "城内一丁目",
        (Member("世帯主", "女", 58), Member("縁故者", "男", 82)),
        who=1,
    ),
    Plant(
        "rare-tie",
        "the only 夫（未届）",
        ("続柄",),
        "南新田一丁目",
        (Member("世帯主", "女", 36), Member("夫（未届）", "男", 33)),
        who=1,
    ),
    Plant(
        "large-household",
        "the mother of the only household of eleven",
        ("世帯人数", "続柄"),
        "西原二丁目",
        _LARGE,
        who=1,
    ),
    Plant(
        "extreme-income",
        "an income far above every other",
        ("年間所得",),
        "港町一丁目",
        (Member("世帯主", "男", 52),),
        income_yen=1_234_567_890,
    ),
    Plant(
        "rare-care",
        "in care of the highest level at 24",
        ("年齢", "要介護度"),
        "構口一丁目",
        (Member("世帯主", "男", 51), Member("妻", "女", 50), Member("子", "女", 24)),
        who=2,
        care="要介護5",
    ),
)
