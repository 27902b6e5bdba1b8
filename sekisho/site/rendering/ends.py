"""What a municipality or recipient gets from us for a machine that is theirs: a proposal for their own people (spec/site.md 4.8)."""

from sekisho.site.plan.hosts import Host, Kind, Line
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.dropbox import P384, P384_CERTIFICATE, PUT, STRONG, account_of
from sekisho.site.rendering.settings import settings_of
from sekisho.site.rendering.vpn import vpn_of

SETTINGS, CLIENT, SERVER = "sekisho/settings.toml", "ssh/config", "ssh/sshd_config"
ACCOUNT = "sekisho"
"""The one account of a recipient's SFTP server that may put."""


def end_files_of(site: SitePlan, host: Host) -> dict[str, str]:
    """Give back path and text of each file for one end: its role's settings, its end of the VPN, its side of SFTP."""
    made = {SETTINGS: settings_of(site, host)}
    if host.kind is Kind.MUNICIPALITY and site.ports.drop_box:
        made[CLIENT] = _client(site, host)
    if any(host.name == f"recipient-{one.recipient}" and one.way == "sftp" for one in site.outlets):
        made[SERVER] = _server(site)
    return made | vpn_of(site, host)


def _client(site: SitePlan, host: Host) -> str:
    """Say how a stock client puts a file, and goes on after a cut."""
    box = site.host(Kind.RECEIVING).plug(Line.INTAKE).ip
    return f"""\
# Put a file:          sftp -F config drop-box <<< "put FILE"
# Go on after a cut:   sftp -F config drop-box <<< "reput FILE"
# Nothing else is answered. An unfinished file is overwritten by putting it again under the same name; switch off
# temporary names and keeping the time (in WinSCP: no resuming by renaming, no preserving of timestamps).
# key: ssh-keygen -t ecdsa -b 384 -f key; key-cert.pub: the site signs key.pub; known_hosts: the site gives its host's key.
Host drop-box
  HostName {box}
  Port {site.ports.drop_box}
  User {account_of(host)}
  IdentityFile key
  CertificateFile key-cert.pub
  IdentitiesOnly yes
  UserKnownHostsFile known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  HostKeyAlgorithms {P384}
  PubkeyAcceptedAlgorithms {P384_CERTIFICATE},{P384}
{_indented(STRONG)}
  ForwardAgent no
  ServerAliveInterval 20
"""


def _server(site: SitePlan) -> str:
    """Give back what a recipient's own SFTP server needs at least: one account that may put, known by delivery's key."""
    delivery = site.host(Kind.DELIVERY).plug(Line.OUTLET).ip
    return f"""\
# For the recipient's own sshd: results come from {delivery} by SFTP, put only, to the folder `in` of one account.
# Tell the site your host's key (ssh_host_ecdsa_key.pub, P-384); it calls nobody whose key is another. The account's
# authorized_keys holds the one key that the site gives you (its ssh/key.pub).
# What has come:       sekisho recipient acknowledge /srv/{ACCOUNT}/in
HostKeyAlgorithms {P384}
{STRONG}PubkeyAcceptedAlgorithms {P384}
Subsystem sftp internal-sftp
Match User {ACCOUNT} Address {delivery}
  AuthenticationMethods publickey
  ChrootDirectory /srv/{ACCOUNT}
  ForceCommand internal-sftp -d /in -u 0077 -p {PUT},rename,posix-rename
  DisableForwarding yes
  PermitTTY no
"""


def _indented(lines: str) -> str:
    return "".join(f"  {one}\n" for one in lines.splitlines()).rstrip("\n")
