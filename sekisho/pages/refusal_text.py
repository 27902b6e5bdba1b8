"""A refusal as text for the terminal: what happened, where, and who does what next. Never a value of a row."""

from collections.abc import Mapping, Sequence

from sekisho.errors import Fact, Finding, Reason, SekishoError, Who
from sekisho.pages.columns import width_of
from sekisho.pages.words import Words

MOST_FINDINGS = 20  # kinds of misfit that a person can take in at once
MOST_NAMES = 3  # columns that a header lacks or has elsewhere; more of them have one cause, such as the encoding
HEADER = "columns"
ENCODING = "perhaps-encoding"  # a clue that says itself what to do first (spec/disarm.md 1.4)


def refusal_text(words: Words, error: SekishoError) -> str:
    """Give back the refusal in words, ending in a newline: the reason's sentence and code, clues, who, next step."""
    code = error.reason.value
    lines = [f"{words.say(f'reason.{code}.what')} [{code}]"]
    if error.findings:
        lines += ["", findings_text(words, error.findings), ""]
    clues = {name: fact for name, fact in error.facts.items() if fact != ENCODING}
    if clues:
        lines.append(facts_text(words, clues))
    command = _command(words, error)
    if command:
        lines += [words.say(f"refusal.who.{error.who.name.lower()}"), words.say("refusal.next", next=command)]
        return "\n".join(lines) + "\n"
    first = () if len(clues) == len(error.facts) else (words.say(f"rule.{ENCODING}"),)
    return "\n".join(lines) + "\n" + steps_text(words, error.who, (error.reason,), first)


def steps_text(words: Words, who: Who, reasons: Sequence[Reason], first: Sequence[str] = ()) -> str:
    """Give back who must act and what to do next, for reasons that were told already; `first` stands before their steps."""
    told = (*first, *(words.say(f"reason.{reason.value}.next") for reason in reasons))
    steps = (words.say("refusal.next", next=one) for one in told)
    return "\n".join([words.say(f"refusal.who.{who.name.lower()}"), *steps]) + "\n"


def facts_text(words: Words, facts: Mapping[str, Fact]) -> str:
    """Give back the clues of a refusal in one line."""
    return words.say("refusal.facts", facts=_facts(words, facts))


def findings_text(words: Words, findings: Sequence[Finding]) -> str:
    """Give back what does not fit as lines in columns: column, rule, count, first row.

    A header of which more than MOST_NAMES columns do not fit is one line, with their number as its count.
    """
    findings, folded = _folded(findings)
    head = [words.say(f"finding.{name}") for name in ("column", "rule", "count", "first_row")]
    rows = [_finding(words, one) for one in findings[:MOST_FINDINGS]]
    widths = [max(width_of(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [_line(row, widths) for row in (head, *rows)]
    if len(findings) > MOST_FINDINGS:
        lines.append("  " + words.say("refusal.more", kinds=len(findings) - MOST_FINDINGS))
    if folded:
        lines.append("  " + words.say("refusal.folded", count=folded))
    return "\n".join(lines)


def _folded(findings: Sequence[Finding]) -> tuple[Sequence[Finding], int]:
    """Give back the findings with those of a header as one where they are many, and how many columns that one is for."""
    names = sum(1 for one in findings if one.rule == HEADER and one.column)
    if names <= MOST_NAMES:
        return findings, 0
    return (Finding("", HEADER, names), *(one for one in findings if one.rule != HEADER)), names


def _rule(words: Words, rule: str) -> str:
    """Give back a table rule in words, or its name where the catalogue has none."""
    return words.say(f"rule.{rule}") if words.knows(f"rule.{rule}") else rule


def _finding(words: Words, one: Finding) -> list[str]:
    column = one.column or words.say("finding.whole_file")
    return [column, _rule(words, one.rule), f"{one.count:,}", f"{one.first_row:,}" if one.first_row else "–"]


def _facts(words: Words, facts: Mapping[str, Fact]) -> str:
    told = []
    for name, fact in facts.items():
        known = words.say(f"fact.{name}") if words.knows(f"fact.{name}") else name
        told.append(words.say("refusal.fact", name=known, fact=_printable(_told(words, name, fact))))
    return words.say("refusal.between_facts").join(told)


def _told(words: Words, name: str, fact: Fact) -> str:
    """Give back a clue in words where it is one of our names: a rule, or where a case stands."""
    match name:
        case "rule" | "problem":
            return _rule(words, str(fact))
        case "state" if words.knows(_state_key("state", fact)):
            return words.say(_state_key("state", fact))
        case _:
            return str(fact)


def _state_key(group: str, state: Fact) -> str:
    return f"{group}.{str(state).replace(' ', '_')}"


def _command(words: Words, error: SekishoError) -> str:
    """Give back the command that takes the case on from where it stands, or nothing where there is none."""
    key = _state_key("next", error.facts.get("state", ""))
    if error.reason is not Reason.MOVE_NOT_ALLOWED or not words.knows(key):
        return ""
    return words.say(key, case=error.facts.get("case", "CASE"))


def _printable(text: str) -> str:
    """Give back `text` with `·` for what may steer a terminal: a fact can come from a neighbour's answer."""
    return "".join(one if one.isprintable() else "·" for one in text)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    column, rule, *numbers = (" " * (width - width_of(cell)) for cell, width in zip(cells, widths, strict=True))
    right = "  ".join(space + cell for cell, space in zip(cells[2:], numbers, strict=True))
    return f"  {cells[0]}{column}  {cells[1]}{rule}  {right}"
