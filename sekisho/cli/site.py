"""`sekisho site`: for whoever sets a site up."""

from collections.abc import Sequence
from pathlib import Path

import click

from sekisho.cli.clock import now
from sekisho.cli.speaking import FOLDER, SpeakingGroup, Telling, argument
from sekisho.errors import Reason, WrongUsage
from sekisho.pages.words import Words

SITE = "trial.sekisho.example"


def site_group(words: Words) -> click.Group:
    group = SpeakingGroup("site", words)
    group.add(
        "init",
        init,
        argument("folder", type=FOLDER),
        group.option("--trial", is_flag=True),
        group.option("--municipality", multiple=True, metavar="CODE=NAME"),
        group.option("--business", default="riyou=利活用株式会社", metavar="ID=NAME"),
        group.option("--purpose", default="地域の健康づくりに関する研究"),
    )
    return group


def init(*, folder: Path, trial: bool, municipality: tuple[str, ...], business: str, purpose: str) -> Sequence[Telling]:
    """Make a trial site; a production site's keys are made on each host (a later issue)."""
    from sekisho.site.trial import PEOPLE, Party, TrialPlan, make_trial

    if not trial:
        raise WrongUsage(Reason.USAGE, option="--trial")
    towns = municipality or ("132993=関所市",)
    plan = TrialPlan(
        site=Party(SITE, "関所 試行サイト"),
        municipalities=tuple(Party(*_pair(one, "--municipality")) for one in towns),
        recipient=Party(*_pair(business, "--business")),
        purpose=purpose,
        people=PEOPLE,
    )
    made = make_trial(folder, plan, now())
    roles = sorted(one.name for one in made.iterdir())
    return [("cli.done.site_init", {"folder": str(made), "roles": ", ".join(roles)})]


def _pair(text: str, option: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not (left and equals and right):
        raise WrongUsage(Reason.USAGE, option=option)
    return left, right
