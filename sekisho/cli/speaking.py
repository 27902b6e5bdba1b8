"""Click in the reader's language: help, headings and the mistakes of a caller, all from the catalogues."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from sekisho.errors import Fact, SekishoError
from sekisho.pages.columns import described, wrap
from sekisho.pages.refusal_text import refusal_text
from sekisho.pages.words import Words


class EmptyValue(click.BadParameter):
    """An option or argument that was given with nothing in it."""


class TwoPeopleNeeded(click.UsageError):
    """A move of two people that was asked for by one, or by people and keys that do not pair."""


class WrongPath(click.BadParameter):
    """A path that is not what is needed: `wrong` names the text of the mistake, `file` the path as it was given."""

    def __init__(self, wrong: str, file: str) -> None:
        self.wrong = wrong
        self.file = file
        super().__init__(wrong)


class FilledText(click.types.StringParamType):
    """Text that is not empty."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and not value.strip():
            raise EmptyValue("", ctx=ctx, param=param)
        return super().convert(value, param, ctx)


class GivenPath(click.Path):
    """A path that says by its name what is wrong with it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            raise EmptyValue("", ctx=ctx, param=param)
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            raise WrongPath(self._wrong(Path(value)), str(value)) from error

    def _wrong(self, path: Path) -> str:
        if not self.file_okay:
            return "no_folder"
        if path.is_dir():
            return "not_a_file"
        return "unreadable" if path.exists() else "no_file"


FILE = GivenPath(exists=True, dir_okay=False, path_type=Path)
FOLDER = GivenPath(file_okay=False, path_type=Path)
Telling = tuple[str, dict[str, Fact]]
"""A text's key and its facts: what a command says when it is done."""


class SpeakingCommand(click.Command):
    """A command whose help speaks the words of its group."""

    def __init__(self, name: str, words: Words, **rest: Any) -> None:
        self.words = words
        super().__init__(name, options_metavar=words.say("cli.help.some_options"), **rest)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # click leaves it out where a value is missing
            raise

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(self, ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_usage(self, self.words, ctx, formatter)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click calls it so
        _format_text(self.help or "", formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_params(self, self.words, ctx, formatter)


class SpeakingGroup(click.Group):
    """A group of commands in one language."""

    def __init__(self, name: str, words: Words, **rest: Any) -> None:
        self.words = words
        super().__init__(
            name,
            help=words.say(f"cli.{name}.help"),
            options_metavar=words.say("cli.help.some_options"),
            subcommand_metavar=words.say("cli.help.some_command"),
            **rest,
        )

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(self, ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_usage(self, self.words, ctx, formatter)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click calls it so
        _format_text(self.help or "", formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_params(self, self.words, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        rows = [(name, one.help or "") for name, one in shown if not one.hidden]
        _section(self.words.say("cli.help.commands"), [(name, text.split("\n")[0]) for name, text in rows], formatter)

    def add(
        self, name: str, act: Callable[..., Sequence[Telling]], *params: click.Parameter, hidden: bool = False
    ) -> None:
        """Add the command `name`, which says what `act` gives back."""

        def callback(**given: Any) -> None:
            for key, facts in act(**given):
                click.echo(self.words.say(key, **facts))

        help_text = "" if hidden else self.words.say(f"cli.{self.name}.{name}.help")
        self.add_command(
            SpeakingCommand(name, self.words, callback=callback, params=list(params), help=help_text, hidden=hidden)
        )

    def option(self, flag: str, said: str = "", **rest: Any) -> click.Option:
        """Give back an option whose help stands in the catalogue under its name, or under `said`."""
        if not rest.get("is_flag"):
            rest.setdefault("type", FilledText())
        return click.Option([flag], help=self.words.say(f"cli.option.{said or flag.removeprefix('--')}"), **rest)


def argument(name: str, **rest: Any) -> click.Argument:
    return click.Argument([name], **{"type": FilledText(), **rest})


def home(group: SpeakingGroup) -> click.Option:
    """Give back the option that names the role's folder, in which `settings.toml` lies."""
    here: dict[str, Any] = {"default": Path(), "show_default": True}
    return group.option("--home", type=FOLDER, envvar="SEKISHO_HOME", show_envvar=False, **here)


def refuse(words: Words, error: SekishoError) -> NoReturn:
    """Say what was refused, and leave with the code that says who must act."""
    click.echo(refusal_text(words, error), err=True, nl=False)
    sys.exit(error.who.value)


def mistake_text(words: Words, error: click.ClickException) -> str:
    """Give back what is wrong with a call, in words; click's own English only where it names nothing of ours."""
    told: Telling = ("file", {})
    match error:
        case click.NoSuchOption():
            told = ("no_option", {"name": error.option_name})
        case click.exceptions.NoSuchCommand():
            told = ("no_command", {"name": error.command_name})
        case click.MissingParameter(param=click.Parameter() as param):
            told = ("missing_option" if isinstance(param, click.Option) else "missing", {"name": _name_of(param)})
        case click.BadParameter(param=click.Parameter() as param):
            key, facts = _bad_value(error, param)
            told = (key, {"name": _name_of(param), **facts})
        case click.BadOptionUsage():
            told = (_value_mistake(error), {"name": error.option_name})
        case TwoPeopleNeeded():
            told = ("two_people", {})
        case click.UsageError(ctx=click.Context(command=SpeakingCommand() as called)):
            names = ", ".join(_name_of(one) for one in called.params if isinstance(one, click.Argument))
            told = ("too_many" if names else "no_arguments", {"arguments": names})
        case click.UsageError():
            told = ("usage", {})
        case _:
            pass
    return words.say(f"cli.mistake.{told[0]}", **told[1])


def _bad_value(error: click.BadParameter, param: click.Parameter) -> Telling:
    """Give back what is wrong with one value, from what is asked of it; a value is only said where it is a path."""
    match error, param.type:
        case WrongPath(wrong=wrong, file=file), _:
            return wrong, {"file": file}
        case EmptyValue(), _:
            return "empty", {}
        case _, click.IntRange(min=low, max=None) if low is not None:
            return "at_least", {"low": int(low)}
        case _, click.IntRange(min=low, max=high) if low is not None and high is not None:
            return "range", {"low": int(low), "high": int(high)}
        case _, click.Choice(choices=choices):
            return "choice", {"choices": ", ".join(map(str, choices))}
        case _:
            return "bad", {}


def _value_mistake(error: click.BadOptionUsage) -> str:
    params = error.ctx.command.params if error.ctx else []
    flags = {name for one in params if isinstance(one, click.Option) and one.is_flag for name in one.opts}
    return "takes_no_value" if error.option_name in flags else "no_value"


def _name_of(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else (param.name or "").upper()


def _help_option(command: Any, ctx: click.Context) -> click.Option | None:
    option: click.Option | None = click.Command.get_help_option(command, ctx)
    if option is not None:
        option.help = command.words.say("cli.help.help")
    return option


def _format_usage(command: Any, words: Words, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    pieces = " ".join(command.collect_usage_pieces(ctx))
    formatter.write(f"{words.say('cli.help.usage')} {ctx.command_path} {pieces}\n")


def _format_text(text: str, formatter: click.HelpFormatter) -> None:
    lines = [line for part in text.splitlines() for line in wrap(part, formatter.width - 2)]
    formatter.write("".join(["\n", *(f"  {line}\n" for line in lines)]))


def _format_params(command: Any, words: Words, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    params = [one for one in command.get_params(ctx) if not getattr(one, "hidden", False)]
    arguments = [one for one in params if isinstance(one, click.Argument)]
    told = [(one.make_metavar(ctx), words.say(f"cli.argument.{one.name}")) for one in arguments]
    _section(words.say("cli.help.arguments"), told, formatter)
    options = [one for one in params if isinstance(one, click.Option)]
    _section(
        words.say("cli.help.options"), [(_term(one, words), _description(one, words)) for one in options], formatter
    )


def _section(heading: str, rows: Sequence[tuple[str, str]], formatter: click.HelpFormatter) -> None:
    if rows:
        formatter.write("".join(f"{line}\n" for line in ("", f"{heading}:", *described(rows, formatter.width))))


def _term(option: click.Option, words: Words) -> str:
    """Give back how an option is written: its flag and what follows it."""
    name = ", ".join(option.opts)
    if option.is_flag:
        return name
    match option.type:
        case click.Choice(choices=choices):
            kind = "|".join(map(str, choices))
        case click.Path(dir_okay=False):
            kind = words.say("cli.kind.file")
        case click.Path():
            kind = words.say("cli.kind.folder")
        case click.IntRange():
            kind = words.say("cli.kind.number")
        case _:
            kind = words.say("cli.kind.text")
    return f"{name} {option.metavar or kind}"


def _description(option: click.Option, words: Words) -> str:
    """Give back an option's help, and in brackets whether it is needed, how often, its bounds and its default."""
    marks = []
    if option.required:
        marks.append(words.say("cli.help.required"))
    if option.multiple:
        marks.append(words.say("cli.help.multiple"))
    if isinstance(option.type, click.IntRange) and option.type.max is not None:
        marks.append(words.say("cli.help.range", low=int(option.type.min or 0), high=int(option.type.max)))
    if option.show_default:
        marks.append(words.say("cli.help.default", value=str(option.default)))
    return " ".join([option.help or "", *(f"[{mark}]" for mark in marks)])
