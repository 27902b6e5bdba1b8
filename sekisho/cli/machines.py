"""`sekisho receiving` and `sekisho delivery`: the two machines at the edge, as processes."""

import os
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

if TYPE_CHECKING:
    from sekisho.lines.voice import Voice

STDOUT, STDERR = 1, 2
WATCH_SECONDS = 0.1
RESTART_SECONDS = 1.0


def receiving_group(words: Words) -> click.Group:
    group = SpeakingGroup("receiving", words)

    def serve(*, home: Path) -> Sequence[Telling]:
        from sekisho.zones.receiving.start import serve_receiving

        serve_receiving(home / "settings.toml", now, voice_of(words, "receiving"))
        return []

    group.add("serve", serve, home(group))
    return group


def delivery_group(words: Words) -> click.Group:
    group = SpeakingGroup("delivery", words)

    def serve(*, home: Path) -> Sequence[Telling]:
        """Run the intake here and the deliverer as a process of its own, which ends with this one."""
        from sekisho.storage.settings import DeliverySettings, read_settings
        from sekisho.zones.delivery.start import serve_intake

        read_settings(home / "settings.toml", DeliverySettings)  # what is wrong with them is said once
        with delivering(home, words.language.value):
            serve_intake(home / "settings.toml", now, voice_of(words, "delivery"))
        return []

    group.add("serve", serve, home(group))
    group.add("deliver", partial(deliver, words=words), home(group), hidden=True)
    return group


def voice_of(words: Words, role: str, out: int = STDOUT) -> "Voice":
    """Give back the voice of a server, in the language of its words."""
    from sekisho.lines.voice import Voice

    return Voice(words.say, words.knows, role, out)


@contextmanager
def delivering(home: Path, language: str) -> Iterator[None]:
    """Keep a deliverer running: one that ends by itself is started again after a pause.

    Its stdin is a pipe that only this process holds open, so it sees the end of this process however that comes.
    """
    command = [sys.executable, "-m", "sekisho", "--lang", language, "delivery", "deliver", "--home", str(home)]
    over = threading.Event()

    def keep() -> None:
        while not over.is_set():
            with subprocess.Popen(command, stdin=subprocess.PIPE) as deliverer:  # noqa: S603 - our own command
                while deliverer.poll() is None and not over.wait(WATCH_SECONDS):
                    pass
                deliverer.terminate()
            over.wait(RESTART_SECONDS)

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def deliver(*, home: Path, words: Words) -> Sequence[Telling]:
    """Call recipients until told to stop, or until the intake that started this is gone.

    It may end at any moment: what is half sent is resumed by the next one, what is half written has no name yet.
    """
    from sekisho.zones.delivery.deliverer import run_deliverer

    threading.Thread(target=_end_with_intake, daemon=True).start()
    voice = voice_of(words, "delivery", STDERR)  # the intake's first line on stdout says that delivery is ready
    voice.start()
    run_deliverer(home / "settings.toml", now, lambda: True, voice.tell)
    return []


def _end_with_intake() -> None:
    """End this process when nobody holds the other end of its stdin any more."""
    while os.read(0, 1):
        pass
    os._exit(0)
