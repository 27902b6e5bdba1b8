"""The pages that are made from the code. `python -m tools.generated` writes them; `--check` compares and names what differs."""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import click
from pydantic import BaseModel

from sekisho.cli.main import command_tree
from sekisho.deid import risk, utility
from sekisho.deid.declared.shapes import FilePart
from sekisho.deid.measure import Kind
from sekisho.deid.written.shapes import PolicyFile
from sekisho.journey import ENTRY, MOVES, SITE_MOVES, Event, Move, State, Stop, Zone
from sekisho.library import models
from sekisho.pages.words import Language, Words, words_in
from tools.features import feature_pages
from tools.taken_over import taken_over_pages

ROOT = Path(__file__).parents[1]
COMMAND = "make generated"
NOTE = f"<!-- Made by `{COMMAND}` from {{source}}; a change by hand is lost. -->\n"
HELP_COLUMNS = 100
NULL = {"type": "null"}


def pages() -> dict[str, str]:
    """Give back every generated file: its path from the root, and its text."""
    made = {"spec/journey.md": journey_page(), "spec/measures.md": measures_page()}
    for language in Language:
        made[f"docs/reference/cli.{language.value}.md"] = commands_page(words_in(language))
    made["docs/reference/schema.schema.json"] = shape_text(FilePart, "A table's schema (spec/schema.md)")
    made["spec/policy.schema.json"] = shape_text(PolicyFile, "A policy (spec/policy.md)")
    return made | feature_pages() | taken_over_pages()


def journey_page() -> str:
    """Give back the plan as a page: stops, moves and states, and a drawing for each zone."""
    lines = [
        NOTE.format(source="sekisho/journey.py"),
        "# The way: stops, moves, states",
        "",
        "A case is one parcel of one municipality on its way to one recipient. A move takes it from one state to another",
        "and leaves one event in the ledger of the zone in which it happens; nothing else changes a case.",
        "",
        "## 1. Stops",
        "",
        "| # | stop | moves |",
        "|---|---|---|",
    ]
    for stop in Stop:
        names = dict.fromkeys(move.name for move in MOVES if move.stop is stop)
        lines.append(f"| {stop.value} | {_words(stop.name)} | {', '.join(names) or '–'} |")
    lines += [
        "",
        "Stops without moves leave no event in a zone's ledger: they happen at the two ends, at the auditor, or later.",
        "",
    ]
    for place, zone in enumerate(Zone, 2):
        lines += [f"## {place}. {zone.value.capitalize()}", "", *_moves_of(zone), *_drawing_of(zone)]
    lines += ["## 5. The whole site", "", *_site_moves(), ""]
    lines += ["## 6. Words for states", "", "| state | English | 日本語 |", "|---|---|---|"]
    ja, en = words_in(Language.JA), words_in(Language.EN)
    for state in State:
        key = f"state.{state.name.lower()}"
        lines.append(f"| {state.value} | {en.say(key)} | {ja.say(key)} |")
    return "\n".join(lines) + "\n"


def _site_moves() -> Iterator[str]:
    yield "In every zone, for all cases at once; between the two its ledger has no other entry ([stop](stop.md))."
    yield ""
    yield "| move | who | event |"
    yield "|---|---|---|"
    for name, actor, event in SITE_MOVES:
        who = f"{actor.value}, or a rule" if event is Event.STOPPED else actor.value
        yield f"| {name} | {who} | {event.value} |"


def _moves_of(zone: Zone) -> Iterator[str]:
    yield f"A case begins here as *{ENTRY[zone].value}*."
    yield ""
    yield "| stop | move | who | from | to | event |"
    yield "|---|---|---|---|---|---|"
    for move in _moves(zone):
        row = (str(move.stop.value), move.name, move.actor.value, _origins(move), _goal(move), move.event.value)
        yield f"| {' | '.join(row)} |"
    yield ""


def _drawing_of(zone: Zone) -> Iterator[str]:
    """Give a state diagram of the moves that lead on; those that lead back or nowhere stand in the table only."""
    yield "The moves that lead on, as a drawing:"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {_node(ENTRY[zone])}"
    for move in _moves(zone):
        if move.goal is not None and move.event is not Event.HELD:
            for origin in _in_order(move.origins & _before(move.goal)):
                yield f"    {_node(origin)} --> {_node(move.goal)}: {move.name}"
    yield "```"
    yield ""


def _moves(zone: Zone) -> list[Move]:
    return [move for move in MOVES if move.zone is zone]


def _origins(move: Move) -> str:
    if move.origins == frozenset(State):
        return "any state"
    return ", ".join(one.value for one in _in_order(move.origins))


def _goal(move: Move) -> str:
    if move.goal is not None:
        return move.goal.value
    return "where it was held" if move.event is Event.RESUMED else "stays"


def _in_order(states: frozenset[State]) -> list[State]:
    return [one for one in State if one in states]


def _before(state: State) -> frozenset[State]:
    return frozenset(list(State)[: list(State).index(state)])


def _node(state: State) -> str:
    return state.value.replace(" ", "_")


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def measures_page() -> str:
    """Give back every number of the report: what it is, in which unit, against whom, and where it comes from."""
    lines = [
        NOTE.format(source="sekisho/deid/risk and sekisho/deid/utility"),
        "# Measures",
        "",
        "E is a class: all rows whose quasi-identifiers are alike. |E| is how many rows it has. Probabilities and shares",
        "lie in [0, 1]. No law names a number that would be enough; people judge (spec/report.md).",
    ]
    for place, (heading, kinds) in enumerate(
        {
            "Risk": _kinds_in(risk),
            "Use": [*_kinds_in(utility), *_kinds_of(models)],
        }.items(),
        1,
    ):
        lines += ["", f"## {place}. {heading}"]
        for kind in kinds:
            lines += ["", f"### {kind.name}", "", f"`{kind.formula}`", ""]
            lines += [f"- unit: {kind.unit.value}; {kind.better.value} is better"]
            lines += [f"- attacker: {kind.attacker}"] if kind.attacker else []
            lines.append(f"- source: {kind.source}")
    return "\n".join(lines) + "\n"


def _kinds_in(room: ModuleType) -> list[Kind]:
    """Give back the measures of every module below `room`, each where it is defined."""
    names = sorted(one.name for one in walk_packages(room.__path__, f"{room.__name__}."))
    return list(dict.fromkeys(kind for name in names for kind in _kinds_of(import_module(name))))


def _kinds_of(module: ModuleType) -> list[Kind]:
    return [one for one in vars(module).values() if isinstance(one, Kind)]


def commands_page(words: Words) -> str:
    """Give back the help of every command, in one language."""
    title = {Language.JA: "コマンド", Language.EN: "Commands"}[words.language]
    lines = [NOTE.format(source="sekisho/cli and the catalogues"), f"# {title}"]
    for path, text in _helps(command_tree(words), None, "sekisho"):
        depth = path.count(" ") + 2
        lines += ["", f"{'#' * depth} {path}", "", "```text", *text.rstrip().splitlines(), "```"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _helps(command: click.Command, parent: click.Context | None, name: str) -> Iterator[tuple[str, str]]:
    columns = HELP_COLUMNS
    context = click.Context(command, parent, info_name=name, terminal_width=columns, max_content_width=columns)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.commands[inner]
            if not found.hidden:
                yield from _helps(found, context, inner)


def shape_text(shape: type[BaseModel], title: str) -> str:
    """Give back the JSON Schema of a TOML file, for editors; the spec page says more than it can."""
    value = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_plain(shape.model_json_schema()),
        "title": title,
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    """Give back a JSON Schema without what TOML has not: null; and without titles that only repeat a key."""
    match value:
        case {"anyOf": [inner], **rest}:
            return _plain({**inner, **rest})
        case {"anyOf": [*kinds], **rest} if NULL in kinds:
            return _plain({"anyOf": [one for one in kinds if one != NULL], **rest})
        case dict():
            return {
                name: _plain(part)
                for name, part in value.items()
                if not (name == "title" and isinstance(part, str)) and not (name == "default" and part is None)
            }
        case list():
            return [_plain(one) for one in value]
        case _:
            return value


def differing(made: dict[str, str]) -> list[str]:
    """Give back the files that are not as the code would make them now."""
    return [name for name, text in made.items() if not _same(ROOT / name, text)]


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def main() -> None:
    made = pages()
    if "--check" in sys.argv[1:]:
        stale = differing(made)
        for name in stale:
            print(f"{name} is not what the code says; run `{COMMAND}`", file=sys.stderr)
        sys.exit(1 if stale else 0)
    for name, text in made.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
