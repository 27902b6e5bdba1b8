"""`sekisho receiving` and `sekisho delivery`: the two machines at the edge, as processes."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from sekisho.cli.clock import now
from sekisho.cli.speaking import SpeakingGroup, Telling, home
from sekisho.pages.words import Words


def receiving_group(words: Words) -> click.Group:
    group = SpeakingGroup("receiving", words)

    def serve(*, home: Path) -> Sequence[Telling]:
        from sekisho.zones.receiving.start import serve_receiving

        serve_receiving(home / "settings.toml", now, words.say("cli.ready.receiving"))
        return []

    group.add("serve", serve, home(group))
    return group


def delivery_group(words: Words) -> click.Group:
    group = SpeakingGroup("delivery", words)

    def serve(*, home: Path) -> Sequence[Telling]:
        """Run the intake here and the deliverer as a process of its own, which ends with this one."""
        from sekisho.zones.delivery.start import serve_intake

        command = [sys.executable, "-m", "sekisho", "delivery", "deliver", "--home", str(home)]
        deliverer = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
        try:
            serve_intake(home / "settings.toml", now, words.say("cli.ready.delivery"))
        finally:
            deliverer.terminate()
            deliverer.wait(timeout=30)
        return []

    group.add("serve", serve, home(group))
    group.add("deliver", deliver, home(group), hidden=True)
    return group


def deliver(*, home: Path) -> Sequence[Telling]:
    """Call recipients until told to stop, or until the intake that started this is gone."""
    from sekisho.zones.delivery.deliverer import run_deliverer

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    parent = os.getppid()
    run_deliverer(home / "settings.toml", now, lambda: not stop.is_set() and os.getppid() == parent)
    return []
