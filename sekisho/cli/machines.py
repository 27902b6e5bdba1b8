"""`sekisho receiving` and `sekisho delivery`: the two machines at the edge, as processes."""

import os
import select
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.clock import now
from sekisho.cli.speaking import SpeakingGroup, Telling, home
from sekisho.pages.words import Words
from sekisho.site.starting import check_here

if TYPE_CHECKING:
    from sekisho.lines.voice import Voice

STDOUT, STDERR = 1, 2
WATCH_SECONDS = 0.1
RESTART_SECONDS = 1.0


def receiving_group(words: Words) -> click.Group:
    group = SpeakingGroup("receiving", words)

    def serve(*, home: Path) -> Sequence[Telling]:
        from sekisho.storage.settings import ReceivingSettings, read_settings
        from sekisho.zones.receiving.start import serve_receiving

        check_here(read_settings(home / "settings.toml", ReceivingSettings))
        serve_receiving(home / "settings.toml", now, voice_of(words, "receiving"))
        return []

    group.add("serve", serve, home(group))
    return group


def delivery_group(words: Words) -> click.Group:
    group = SpeakingGroup("delivery", words)

    def serve(*, home: Path) -> Sequence[Telling]:
        """Run the intake here and the deliverer as a process of its own, which ends with this one."""
        from sekisho.storage.settings import DeliverySettings, read_settings

        check_here(read_settings(home / "settings.toml", DeliverySettings))  # what is wrong is said once
        with delivering(home, words.language.value):
            return take_in(home=home, words=words)

    group.add("serve", serve, home(group))

    def intake(*, home: Path) -> Sequence[Telling]:
        """Run the intake alone: the deliverer has a unit of its own."""
        from sekisho.storage.settings import DeliverySettings, read_settings

        check_here(read_settings(home / "settings.toml", DeliverySettings))
        return take_in(home=home, words=words)

    group.add("intake", intake, home(group), hidden=True)
    group.add("deliver", partial(deliver, words=words), home(group), hidden=True)
    group.add("keep", partial(keep, words=words), home(group), hidden=True)
    return group


def voice_of(words: Words, role: str, out: int = STDOUT) -> "Voice":
    """Give back the voice of a server, in the language of its words."""
    from sekisho.lines.voice import Voice

    return Voice(words.say, words.knows, role, out)


def take_in(*, home: Path, words: Words) -> Sequence[Telling]:
    """Run the intake in this process."""
    from sekisho.zones.delivery.start import serve_intake

    serve_intake(home / "settings.toml", now, voice_of(words, "delivery"))
    return []


@contextmanager
def delivering(home: Path, language: str) -> Iterator[None]:
    """Have a deliverer kept running by a process between, since an intake that is locked can start none.

    That process has a pipe as stdin which only this one holds open, so it sees the end of this one however that comes.
    Where it ends first, this one ends too, and whoever runs it sees that nothing is delivered any more.
    """
    between = subprocess.Popen(_sekisho(language, "keep", home), stdin=subprocess.PIPE)  # noqa: S603 - our own command
    ended = signal.signal(signal.SIGCHLD, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, ended)
        if between.stdin is not None:
            between.stdin.close()
        between.wait()


def keep(*, home: Path, words: Words) -> Sequence[Telling]:
    """Keep a deliverer running until stdin ends: one that ends by itself is started again after a pause."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the intake decides when it is over
    command = _sekisho(words.language.value, "deliver", home)
    over = False
    while not over:
        with subprocess.Popen(command, stdin=subprocess.PIPE) as deliverer:  # noqa: S603 - our own command
            while deliverer.poll() is None and not over:
                over = _has_ended(WATCH_SECONDS)
            deliverer.terminate()
        over = over or _has_ended(RESTART_SECONDS)
    return []


def _sekisho(language: str, command: str, home: Path) -> list[str]:
    return [sys.executable, "-m", "sekisho", "--lang", language, "delivery", command, "--home", str(home)]


def _has_ended(seconds: float) -> bool:
    """Wait so long, and say whether stdin has ended."""
    return bool(select.select([0], [], [], seconds)[0]) and not os.read(0, 1)


def deliver(*, home: Path, words: Words) -> Sequence[Telling]:
    """Call recipients until told to stop, or until who started this is gone.

    It may end at any moment: what is half sent is resumed by the next one, what is half written has no name yet.
    """
    from sekisho.zones.delivery.deliverer import run_deliverer

    voice = voice_of(words, "delivery", STDERR)  # the intake's first line on stdout says that delivery is ready

    def begin() -> None:
        """Start threads, now that the process is locked and so are they."""
        voice.start()
        if stat.S_ISFIFO(os.fstat(0).st_mode):  # a unit gives no pipe, and ends it by itself
            threading.Thread(target=_end_with_starter, daemon=True).start()

    run_deliverer(home / "settings.toml", now, lambda: True, voice.tell, begin)
    return []


def _end_with_starter() -> None:
    """End this process when nobody holds the other end of its stdin any more."""
    while os.read(0, 1):
        pass
    os._exit(0)
