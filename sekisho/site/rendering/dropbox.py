"""The drop box on receiving: a municipality may put files with a stock SFTP client, and do nothing else (spec/site.md 4.5).

One sshd for each connection, without a network, on the socket that systemd accepted; an account for each municipality, who
comes with a certificate of the site's user authority.
"""

from collections.abc import Iterator

from sekisho.site.plan.flows import flows_of
from sekisho.site.plan.hosts import Host, Kind
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.places import DROP, HOME, STATE
from sekisho.site.rendering.units import SYSTEM, socket_unit

BOX = f"{HOME}/drop-box"
PUT = "open,write,close,fstat,stat,lstat,realpath,limits,fsync"
"""The calls of SFTP that putting needs, and going on after a cut (stat); setstat is none of them, it can cut files."""
P384, P384_CERTIFICATE = "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com"
STRONG = f"""\
KexAlgorithms {P384.replace("ecdsa", "ecdh")}
Ciphers aes256-gcm@openssh.com
MACs hmac-sha2-512-etm@openssh.com
"""


def account_of(municipality: Host) -> str:
    return f"drop-{municipality.name.removeprefix('municipality-')}"


def drop_box_of(site: SitePlan, host: Host) -> dict[str, str]:
    """Give back path and text of each file of the drop box; none where the site has none, or on another machine."""
    if host.kind is not Kind.RECEIVING or not site.ports.drop_box:
        return {}
    senders = tuple(one for one in site.hosts if one.kind is Kind.MUNICIPALITY)
    flow = next(one for one in flows_of(site) if one.name == "drop-box")
    made = {
        f"{BOX.removeprefix('/')}/sshd_config": _config(senders),
        "etc/sysusers.d/sekisho-drop-box.conf": "".join(_users(senders)),
        "etc/tmpfiles.d/sekisho-drop-box.conf": "".join(_folders(senders)),
    }
    socket = socket_unit(flow, host, "", "Accept=yes\nMaxConnections=64\nMaxConnectionsPerSource=8\n")
    return made | {
        f"{SYSTEM}/sekisho-drop-box.socket": socket.replace("Service=\n", ""),
        f"{SYSTEM}/sekisho-drop-box@.service": CONNECTION,
        f"{SYSTEM}/sekisho-drop-box-accounts.service": _accounts(senders),
    }


def _config(senders: tuple[Host, ...]) -> str:
    return f"""\
HostKey {BOX}/host_key
HostKeyAlgorithms {P384}
{STRONG}
AllowUsers {" ".join(account_of(one) for one in senders)}
TrustedUserCAKeys {BOX}/user_authority.pub
RevokedKeys {BOX}/revoked_keys
CASignatureAlgorithms {P384}
PubkeyAcceptedAlgorithms {P384_CERTIFICATE}
AuthorizedKeysFile none
AuthenticationMethods publickey
UsePAM no
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
HostbasedAuthentication no
MaxAuthTries 3
LoginGraceTime 20
MaxSessions 1
ClientAliveInterval 30
ClientAliveCountMax 4

DisableForwarding yes
PermitTTY no
PermitUserRC no
PermitUserEnvironment no
PermitTunnel no
Compression no
PrintMotd no
UseDNS no
StrictModes yes
LogLevel VERBOSE
Subsystem sftp internal-sftp
ChrootDirectory {DROP}/%u
ForceCommand internal-sftp -d /in -u 0177 -l VERBOSE -p {PUT}
"""


def _users(senders: tuple[Host, ...]) -> Iterator[str]:
    for one in senders:
        yield f'u {account_of(one)} - "Sekisho drop box" {DROP}/{account_of(one)} /usr/sbin/nologin\n'


def _folders(senders: tuple[Host, ...]) -> Iterator[str]:
    """Give the folders: the box is root's, to be a root of its own; in `in` its owner may make files, and not see which."""
    yield f"d {DROP} 0755 root root\n"
    for one in senders:
        yield f"d {DROP}/{account_of(one)} 0755 root root\n"
        yield f"d {DROP}/{account_of(one)}/in 1730 root {account_of(one)}\n"


def _accounts(senders: tuple[Host, ...]) -> str:
    """Sysusers makes accounts that sshd takes for locked; `*` is a password that nobody has, of an account that is not."""
    lines = "".join(f"ExecStart=/usr/sbin/usermod --password * {account_of(one)}\n" for one in senders)
    return f"""\
[Unit]
Description=Sekisho: the accounts of the drop box can be entered with a certificate
After=systemd-sysusers.service
Before=sekisho-drop-box.socket

[Service]
Type=oneshot
RemainAfterExit=yes
{lines}
[Install]
RequiredBy=sekisho-drop-box.socket
"""


CONNECTION = f"""\
[Unit]
Description=Sekisho: one connection to the drop box
Requires=nftables.service sekisho-drop-box-accounts.service
After=nftables.service sekisho-drop-box-accounts.service

[Service]
ExecStart=-/usr/sbin/sshd -i -e -f {BOX}/sshd_config
StandardInput=socket
StandardError=journal
RuntimeDirectory=sshd
RuntimeDirectoryMode=0755
RuntimeDirectoryPreserve=yes
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX
IPAddressDeny=any
SocketBindDeny=any
CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_AUDIT_WRITE
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={DROP}
InaccessiblePaths=-{STATE} -{HOME}/keys -{HOME}/tls
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateIPC=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
KeyringMode=private
LimitCORE=0
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service chroot seccomp
SystemCallFilter=~connect bind listen accept accept4 io_uring_setup io_uring_enter io_uring_register @mount @debug @resources
"""
"""sshd begins as root, since it becomes the municipality's account and enters the box; its network is empty from the start."""
