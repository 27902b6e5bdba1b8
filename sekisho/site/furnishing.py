"""Keys, certificates and roster of a trial, laid beside the rendered files of each machine (spec/site.md 4.10)."""

import shutil
from datetime import datetime
from pathlib import Path

from sekisho.errors import BadSettings, Reason
from sekisho.release.endpoints import Endpoint, Sftp
from sekisho.release.people import read_name
from sekisho.signing import write_public_key
from sekisho.site.plan.hosts import Host, Kind, Line
from sekisho.site.plan.site import Outlet, SitePlan
from sekisho.site.rendering.ends import ACCOUNT, SETTINGS
from sekisho.site.rendering.places import HOME
from sekisho.site.rendering.settings import FOUNDERS, doors_of
from sekisho.site.trial import PEOPLE, Party, TrialPlan, make_trial
from sekisho.storage.files import write_durably
from sekisho.storage.keys import read_signing_key

OTHERS = ("people", "auditor", "founders")
PURPOSE = "試行"


def furnish(rendered: Path, site: SitePlan, now: datetime) -> None:
    """Put into each machine's folder what its role needs beside its rendered files, so that it can start.

    For trials only: one program makes everybody's keys. Refused for a site file that does not say `trial = true`, and
    where no recipient takes parcels over HTTPS, nor by SFTP at a server whose host key is told.
    """
    known = [one for one in site.outlets if one.way == "https" or one.host_key]
    outlet = min(known, key=lambda one: one.way != "https", default=None)
    if not site.trial or outlet is None:
        raise BadSettings(Reason.SITE_NO_TRIAL)
    keys = make_trial(rendered / "keys", _plan(site, outlet), now, doors_of(site, outlet.recipient))
    founders = tuple(
        write_public_key(read_signing_key(keys / "founders" / "keys" / f"{name}.pem").verifier)
        for name in ("first", "second")
    )
    for host in site.hosts:
        settings = _settings(rendered / host.name, host)
        if settings.is_file() and (keys / host.name).is_dir():
            _lay(keys / host.name, settings, founders)
    for name in OTHERS:
        (keys / name).rename(rendered / name)
    shutil.rmtree(keys)


def _plan(site: SitePlan, outlet: Outlet) -> TrialPlan:
    towns = tuple(one.name.partition("-")[2] for one in site.hosts if one.kind is Kind.MUNICIPALITY)
    return TrialPlan(
        site=Party(site.id, read_name(site.name)),
        municipalities=tuple(Party(one, one) for one in towns),
        recipient=Party(outlet.recipient, outlet.recipient),
        purpose=PURPOSE,
        people=PEOPLE,
        endpoint=_endpoint(site, outlet) if outlet.host_key else None,
    )


def _endpoint(site: SitePlan, outlet: Outlet) -> Endpoint:
    """Give back where the account of `ssh/sshd_config` (spec/site.md 4.8) is."""
    host = site.named(f"recipient-{outlet.recipient}").plug(Line.RECIPIENTS).ip
    return Endpoint(str(host), outlet.port, Sftp(ACCOUNT, ".", outlet.host_key))


def _settings(folder: Path, host: Host) -> Path:
    return folder / (f"{HOME[1:]}/settings.toml" if host.kind.is_ours else SETTINGS)


def _lay(own: Path, settings: Path, founders: tuple[str, ...]) -> None:
    text = settings.read_text(encoding="utf-8")
    for words, key in zip(FOUNDERS, founders, strict=True):
        text = text.replace(words, key)
    write_durably(settings, text.encode())
    for name in ("roster.json", "tls", "keys", "ssh"):
        if (own / name).exists():
            (own / name).rename(settings.parent / name)
