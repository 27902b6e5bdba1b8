"""Shutting the network of a machine that was stopped: its rendered `stop.nft`, loaded in one step (spec/stop.md 5)."""

import os
import subprocess
import time
from pathlib import Path

from sekisho.errors import Reason, Unavailable
from sekisho.site.rendering.stopped import LAST_WORD_SECONDS

RULES = "stop.nft"
COMMAND_SECONDS = 30.0


def shut_network(home: Path) -> bool:
    """Say whether every card is shut now: where the rules lie beside the settings and this is root; else nothing is done.

    Half a second is left before, in which servers cut their lines and tell the other zones.
    """
    rules = home / RULES
    if os.geteuid() != 0 or not rules.is_file():
        return False
    time.sleep(LAST_WORD_SECONDS)
    try:
        done = subprocess.run(["nft", "-f", str(rules)], capture_output=True, check=False, timeout=COMMAND_SECONDS)  # noqa: S603, S607 - as `site check` calls it
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(Reason.RULES_UNREADABLE, source=RULES) from error
    if done.returncode:
        raise Unavailable(Reason.RULES_UNREADABLE, source=RULES)
    return True
