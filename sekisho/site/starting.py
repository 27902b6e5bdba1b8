"""Asked before a role starts: whether this machine is as the site file says and has no other role (spec/site.md 7.4)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sekisho.storage.settings import DeliverySettings, ProcessingSettings, ReceivingSettings


def check_here(settings: "ReceivingSettings | ProcessingSettings | DeliverySettings") -> None:
    """Refuse to start where this machine has drifted, or has another role; nothing is asked where no site file is named.

    Called in the machine's own network, before the process locks itself. Who is not root cannot look: a unit has had it
    looked at (`sekisho-site-check.service`), and here the role's mark alone is asked.
    """
    site = settings.site
    if site.file is None or site.host is None:
        return
    from sekisho.site.checking.check import check_host

    check_host(site.file, site.host, state_of(settings), looking=os.geteuid() == 0)


def check_processing(home: Path) -> None:
    """Refuse as `check_here` does, for a command of processing that calls a neighbour or opens a table."""
    from sekisho.storage.settings import ProcessingSettings, read_settings

    check_here(read_settings(home / "settings.toml", ProcessingSettings))


def state_of(settings: "ReceivingSettings | ProcessingSettings | DeliverySettings") -> Path:
    """Give back the folder that a role writes into; it bears the role's mark."""
    from sekisho.storage.files import make_folder

    return make_folder(settings.folders.ledger.parent)
