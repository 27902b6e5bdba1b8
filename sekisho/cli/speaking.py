"""Click in the reader's language: help, headings and the mistakes of a caller, all from the catalogues."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from sekisho.errors import Fact
from sekisho.pages.words import Words

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
Telling = tuple[str, dict[str, Fact]]
"""A text's key and its facts: what a command says when it is done."""


class SpeakingCommand(click.Command):
    """A command whose help speaks the words of its group."""

    def __init__(self, name: str, words: Words, **rest: Any) -> None:
        self.words = words
        super().__init__(name, **rest)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(self, ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_usage(self, self.words, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_options(self, self.words, ctx, formatter)


class SpeakingGroup(click.Group):
    """A group of commands in one language."""

    def __init__(self, name: str, words: Words, **rest: Any) -> None:
        self.words = words
        super().__init__(name, help=words.say(f"cli.{name}.help"), **rest)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(self, ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_usage(self, self.words, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_options(self, self.words, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        rows = [(name, one.help or "") for name, one in shown if not one.hidden]
        with formatter.section(self.words.say("cli.help.commands")):
            formatter.write_dl([(name, text.split("\n")[0]) for name, text in rows])

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

    def option(self, flag: str, **rest: Any) -> click.Option:
        """Give back an option whose help stands in the catalogue under its name."""
        return click.Option([flag], help=self.words.say(f"cli.option.{flag.removeprefix('--')}"), **rest)


def argument(name: str, **rest: Any) -> click.Argument:
    return click.Argument([name], **rest)


def home(group: SpeakingGroup) -> click.Option:
    """Give back the option that names the role's folder, in which `settings.toml` lies."""
    return group.option("--home", type=FOLDER, default=Path(), envvar="SEKISHO_HOME", show_envvar=False)


def mistake_text(words: Words, error: click.ClickException) -> str:
    """Give back what is wrong with a call, in words; click's own English only where it names nothing of ours."""
    match error:
        case click.NoSuchOption():
            return words.say("cli.mistake.no_option", name=error.option_name)
        case click.MissingParameter(param=click.Parameter() as param):
            return words.say("cli.mistake.missing", name=_name_of(param))
        case click.BadParameter(param=click.Parameter() as param):
            return words.say("cli.mistake.bad", name=_name_of(param))
        case click.UsageError():
            return words.say("cli.mistake.usage")
        case _:
            return words.say("cli.mistake.file")


def _name_of(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else (param.name or "").upper()


def _help_option(command: Any, ctx: click.Context) -> click.Option | None:
    option: click.Option | None = click.Command.get_help_option(command, ctx)
    if option is not None:
        option.help = command.words.say("cli.help.help")
    return option


def _format_usage(command: Any, words: Words, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    pieces = " ".join(command.collect_usage_pieces(ctx))
    formatter.write_usage(ctx.command_path, pieces, prefix=words.say("cli.help.usage") + " ")


def _format_options(command: Any, words: Words, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    records = [record for param in command.get_params(ctx) if (record := param.get_help_record(ctx)) is not None]
    if records:
        with formatter.section(words.say("cli.help.options")):
            formatter.write_dl(records)
