"""Reads a site file from disk."""

from pathlib import Path
from typing import Any

from sekisho.errors import BadSettings, Malformed
from sekisho.site.plan.reading import read_site
from sekisho.site.plan.site import SitePlan
from sekisho.storage.files import read_file

LARGEST_SITE_BYTES = 1024 * 1024


def site_in(file: Path) -> SitePlan:
    """Give back the site of a file; what is wrong in it is for whoever runs the machine to mend."""
    try:
        return read_site(read_file(file, LARGEST_SITE_BYTES))
    except Malformed as error:
        facts: dict[str, Any] = {"file": file.name, **error.facts}
        raise BadSettings(error.reason, **facts) from error
