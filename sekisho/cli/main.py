"""The command `sekisho`: one group per user, exit codes by who must act (design 8)."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from sekisho.cli.auditor import auditor_group
from sekisho.cli.machines import delivery_group, receiving_group
from sekisho.cli.municipality import municipality_group
from sekisho.cli.operator import processing_group
from sekisho.cli.recipient import recipient_group
from sekisho.cli.release import release_group
from sekisho.cli.scientist import deid_group
from sekisho.cli.site import site_group
from sekisho.cli.speaking import SpeakingGroup, mistake_text, refuse
from sekisho.errors import Reason, SekishoError, Who
from sekisho.pages.words import Language, Words, choose_language, words_in

INTERRUPTED = 130  # as shells count SIGINT


def command_tree(words: Words) -> click.Group:
    """Give back every command in the language of `words`."""
    root = SpeakingGroup("sekisho", words, invoke_without_command=False, no_args_is_help=True)
    root.params.append(root.option("--lang", type=click.Choice([one.value for one in Language]), expose_value=False))
    root.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_show_version,
            help=words.say("cli.option.version"),
        )
    )
    for make in (
        municipality_group,
        site_group,
        receiving_group,
        processing_group,
        release_group,
        delivery_group,
        recipient_group,
        auditor_group,
        deid_group,
    ):
        root.add_command(make(words))
    return root


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with the code that says who must act; no mistake of a user shows a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    words = _words(given)
    try:
        command_tree(words).main(given, prog_name="sekisho", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        sys.exit(Who.CALLER.value)
    except click.ClickException as error:
        _explain(words, error)
        sys.exit(Who.CALLER.value)
    except (click.Abort, KeyboardInterrupt):
        click.echo(words.say("cli.interrupted"), err=True)
        sys.exit(INTERRUPTED)
    except SekishoError as error:
        refuse(words, error)
    except OSError as error:
        from sekisho.storage.files import why_failed

        refuse(words, why_failed(error))
    except Exception as error:  # noqa: BLE001 - the last door: our fault is said in a line, with no value of a row
        fault = SekishoError(Reason.OUR_FAULT, kind=type(error).__name__, place=_place(error))
        refuse(words, fault)
    sys.exit(0)


def _words(given: Sequence[str]) -> Words:
    """Give back the words that `--lang` asks for; a wrong one is told by click itself."""
    option = None
    for place, text in enumerate(given):
        if text == "--lang" and place + 1 < len(given):
            option = given[place + 1]
        elif text.startswith("--lang="):
            option = text.removeprefix("--lang=")
    known = {one.value for one in Language}
    return words_in(choose_language(option if option in known else None, os.environ))


def _explain(words: Words, error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    click.echo(mistake_text(words, error), err=True)
    if context is not None:
        click.echo(words.say("cli.mistake.see", command=context.command_path), err=True)


def _place(error: BaseException) -> str:
    """Give back file and line where it happened, for a report to us."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119 - a name, not a file


def _show_version(context: click.Context, _option: click.Parameter, asked: object) -> None:
    if asked:
        from importlib.metadata import version

        click.echo(f"sekisho {version('sekisho')}")
        context.exit()
