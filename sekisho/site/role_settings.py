"""What stands in each role's settings file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ports:
    """Where the roles of a trial listen."""

    host: str
    receiving_senders: int
    receiving_processing: int
    delivery_processing: int
    recipient: int


def settings_text(role: str, identity: str, site: str, founders: tuple[str, ...], ports: Ports) -> str:
    """Give back the TOML of one role of a trial; paths are relative to the file."""
    head = f"""\
role = "{role}"
id = "{identity}"

[site]
id = "{site}"
trial = true
roster = "roster.json"
founders = [
  "{founders[0]}",
  "{founders[1]}",
]

[tls]
certificate = "tls/certificate.pem"
key = "tls/key.pem"
authority = "tls/authority.pem"
"""
    tables = _TABLES[role]
    keys = _table("keys", {name: f"keys/{name}.pem" for name in tables["keys"]})
    folders = _table("folders", {name: name for name in tables["folders"]})
    return head + folders + keys + _lines(role, site, ports)


_TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "receiving": {"folders": ("ledger", "shelf", "parts"), "keys": ("receipt", "ledger")},
    "processing": {"folders": ("ledger", "shelf", "work"), "keys": ("label", "parcel", "ledger")},
    "delivery": {"folders": ("ledger", "shelf", "parts"), "keys": ("ledger",)},
    "municipality": {"folders": ("outbox", "receipts"), "keys": ("label",)},
    "recipient": {"folders": ("inbox", "opened", "parts"), "keys": ("parcel", "acknowledgement")},
}


def _lines(role: str, site: str, ports: Ports) -> str:
    def listen(name: str, port: int) -> str:
        return f'\n[listen.{name}]\nhost = "{ports.host}"\nport = {port}\n'

    def peer(name: str, port: int) -> str:
        return f'\n[peers.{name}]\nhost = "{ports.host}"\nport = {port}\nname = "{name}.{site}"\n'

    lines = {
        "receiving": listen("senders", ports.receiving_senders) + listen("processing", ports.receiving_processing),
        "processing": peer("receiving", ports.receiving_processing) + peer("delivery", ports.delivery_processing),
        "delivery": listen("processing", ports.delivery_processing),
        "municipality": peer("receiving", ports.receiving_senders),
        "recipient": listen("delivery", ports.recipient),
    }
    return lines[role]


def _table(name: str, values: dict[str, str]) -> str:
    return f"\n[{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items())
