"""What stands in each role's settings file."""

from dataclasses import dataclass

Door = tuple[str, int]
"""Host and port."""


@dataclass(frozen=True)
class Doors:
    """Where each door of the way is; a recipient that takes parcels another way has none."""

    receiving_senders: Door
    receiving_processing: Door
    delivery_processing: Door
    recipient: Door


@dataclass(frozen=True)
class Ports:
    """Where the roles of a trial listen."""

    host: str
    receiving_senders: int
    receiving_processing: int
    delivery_processing: int
    recipient: int

    @property
    def doors(self) -> Doors:
        ports = (self.receiving_senders, self.receiving_processing, self.delivery_processing, self.recipient)
        return Doors(*((self.host, one) for one in ports))


@dataclass(frozen=True)
class SiteHead:
    """What every role's settings say of the site; `founders`: their public keys.

    `file` and `host`: the site file on that machine, and its name there; "" where nothing is compared before a start.
    """

    id: str
    trial: bool
    founders: tuple[str, ...]
    file: str = ""
    host: str = ""


def role_text(role: str, identity: str, site: SiteHead, doors: Doors, below: str = "") -> str:
    """Give back the TOML of one role; its folders lie `below` a path that ends with `/`, or beside the file."""
    head = f"""\
role = "{role}"
id = "{identity}"

[site]
id = "{site.id}"
trial = {str(site.trial).lower()}
roster = "roster.json"
founders = [
  "{site.founders[0]}",
  "{site.founders[1]}",
]
{_compared(site)}
[tls]
certificate = "tls/certificate.pem"
key = "tls/key.pem"
authority = "tls/authority.pem"
"""
    tables = _TABLES[role]
    ssh = _table("ssh", {"key": "ssh/key.pem"}) if role == "delivery" else ""
    keys = _table("keys", {name: f"keys/{name}.pem" for name in tables["keys"]})
    folders = _table("folders", {name: f"{below}{name}" for name in tables["folders"]})
    return head + folders + keys + ssh + _lines(role, site.id, doors)


def _compared(site: SiteHead) -> str:
    return f'file = "{site.file}"\nhost = "{site.host}"\n' if site.file else ""


_TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "receiving": {"folders": ("ledger", "shelf", "parts"), "keys": ("receipt", "ledger")},
    "processing": {"folders": ("ledger", "shelf", "work"), "keys": ("label", "parcel", "ledger")},
    "delivery": {"folders": ("ledger", "shelf", "parts"), "keys": ("ledger",)},
    "municipality": {"folders": ("outbox", "receipts"), "keys": ("label",)},
    "recipient": {"folders": ("inbox", "opened", "parts"), "keys": ("parcel", "acknowledgement")},
}


def _lines(role: str, site: str, doors: Doors) -> str:
    def listen(name: str, door: Door) -> str:
        return f'\n[listen.{name}]\nhost = "{door[0]}"\nport = {door[1]}\n'

    def peer(name: str, door: Door) -> str:
        return f'\n[peers.{name}]\nhost = "{door[0]}"\nport = {door[1]}\nname = "{name}.{site}"\n'

    lines = {
        "receiving": listen("senders", doors.receiving_senders) + listen("processing", doors.receiving_processing),
        "processing": peer("receiving", doors.receiving_processing) + peer("delivery", doors.delivery_processing),
        "delivery": listen("processing", doors.delivery_processing),
        "municipality": peer("receiving", doors.receiving_senders),
        "recipient": listen("delivery", doors.recipient) if doors.recipient[0] else "",
    }
    return lines[role]


def _table(name: str, values: dict[str, str]) -> str:
    return f"\n[{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items())
