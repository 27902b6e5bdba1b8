"""`sekisho deid feasibility`: a business's request, tried on the real table."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.clock import entropy, now
from sekisho.cli.progress import share_bar, stopping
from sekisho.cli.speaking import FILE, FOLDER, SpeakingGroup, Telling, argument
from sekisho.errors import BadSettings, Malformed, Who
from sekisho.pages.words import Language, Words, words_in

if TYPE_CHECKING:  # at run time the command line imports late
    from sekisho.deid.proposal.answer import Feasibility

LEAST_PERSONS = 1_000  # 個人情報の保護に関する法律114条1項2号
RUNS = 60
SECRET_BYTES = 32


def add_feasibility(group: SpeakingGroup, words: Words) -> None:
    """Add the command to the group of those who have a table."""
    own = {name: words.say(f"cli.deid.feasibility.{name}") for name in ("least", "dictionary", "runs", "policy")}
    count = {"show_default": True}
    group.add(
        "feasibility",
        partial(feasibility, words=words),
        argument("request", type=FILE),
        group.option("--table", type=FILE, required=True),
        group.option("--schema", type=FILE, required=True),
        click.Option(["--policy"], type=FILE, required=True, help=own["policy"]),
        group.option("--population", type=FILE),
        click.Option(["--dictionary"], type=FILE, help=own["dictionary"]),
        click.Option(["--least"], type=click.IntRange(min=1), default=LEAST_PERSONS, help=own["least"], **count),
        click.Option(["--runs"], type=click.IntRange(min=0, max=1_000), default=RUNS, help=own["runs"], **count),
        group.option("--out", type=FOLDER),
    )


def feasibility(  # noqa: PLR0913 - one keyword for each option
    *,
    request: Path,
    table: Path,
    schema: Path,
    policy: Path,
    population: Path | None,
    dictionary: Path | None,
    least: int,
    runs: int,
    out: Path | None,
    words: Words,
) -> Sequence[Telling]:
    """Say whether the request can be met, and leave with 3 where it cannot; `out` gets the answer as JSON and pages.

    The first Ctrl-C ends the search for loosenings, a second one ends all and leaves nothing.
    """
    from sekisho.ends.inspecting import open_schema
    from sekisho.library.proposal.feasibility import open_request, weigh
    from sekisho.pages.proposal.text import feasibility_text
    from sekisho.storage.files import check_new, read_file
    from sekisho.tables.policy_file import LARGEST_FILE_BYTES, open_policy

    if out is not None:
        check_new(out)
    asked, declared, base = open_request(request), open_schema(schema)[0], open_policy(policy)
    odd = None if dictionary is None else read_file(dictionary, LARGEST_FILE_BYTES)
    says = words.say("cli.stopping_feasibility.says")
    try:
        with stopping(says) as stop, share_bar(words.say("cli.progress.feasibility")) as progress:
            answer = weigh(
                asked,
                table,
                declared,
                base,
                entropy=entropy(SECRET_BYTES),
                on=now().date(),
                least=least,
                runs=runs,
                population=population,
                dictionary=odd,
                progress=progress,
                stop=stop,
            )
    except Malformed as error:  # the request does not go with the table, or the policy or dictionary is wrong
        raise BadSettings(error.reason, findings=(), **error.facts) from error
    click.echo(words.say("cli.done.feasibility", text=feasibility_text(words, answer)))
    if out is not None:
        _write(out, answer)
        click.echo(words.say("cli.done.feasibility_folder", folder=str(out)))
    if not answer.feasible:
        sys.exit(Who.STAFF.value)
    return []


def _write(out: Path, answer: "Feasibility") -> None:
    """Put the answer into a new folder: all of it at the end, or nothing."""
    from sekisho.deid.proposal.answer import write_feasibility
    from sekisho.pages.proposal.page import feasibility_page
    from sekisho.storage.files import new_folder, write_durably

    with new_folder(out) as room:
        write_durably(room / "feasibility.json", write_feasibility(answer))
        for language in Language:
            write_durably(room / f"feasibility.{language.value}.html", feasibility_page(words_in(language), answer))
