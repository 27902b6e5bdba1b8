"""A proposed schema on a terminal of eighty columns."""

from sekisho.deid.workshop.proposing.proposal import Proposal
from sekisho.pages.columns import described, wrap
from sekisho.pages.words import Words
from sekisho.pages.workshop.proposal_telling import about, closing, column_told, notices
from sekisho.pages.workshop.telling import printable

WIDTH = 80


def proposal_text(words: Words, file: str, proposal: Proposal) -> str:
    """Give back what the file is, each column with type, role and why, and what is to be done next."""
    lines = [words.say("inspect.title", file=printable(file)), ""]
    lines += described(list(about(words, proposal)), WIDTH)
    told = notices(words, proposal.found)
    if told:
        lines += ["", words.say("inspect.notices"), *(line for one in told for line in _wrapped(one, 2))]
    if proposal.columns:
        lines += ["", words.say("inspect.columns")]
    for one in (column_told(words, column) for column in proposal.columns):
        lines += ["", f"  {one.name}", *_wrapped(one.line, 4)]
        because = (words.say("inspect.type_by"), one.type_by), (words.say("inspect.role_by"), one.role_by)
        lines += described([pair for pair in because if pair[1]], WIDTH, indent=6)
        lines += _wrapped(one.more, 6)
    return "\n".join([*lines, "", *_wrapped(closing(words, proposal), 0)]) + "\n"


def _wrapped(text: str, indent: int) -> list[str]:
    return [" " * indent + line for line in wrap(text, WIDTH - indent)]
