"""Runs in a machine's network namespace: compares it, and opens sockets there, when asked by a line of JSON."""

import json
import socket
import sys
from pathlib import Path

from sekisho.errors import SekishoError
from sekisho.site.checking.check import check_host, check_of
from sekisho.site.checking.roles import Machine
from sekisho.site.plan.file import site_in

MPTCP = 262
KINDS = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM, 0),
    "tcp6": (socket.AF_INET6, socket.SOCK_STREAM, 0),
    "mptcp": (socket.AF_INET, socket.SOCK_STREAM, MPTCP),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM, 0),
    "udp6": (socket.AF_INET6, socket.SOCK_DGRAM, 0),
    "raw": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "packet": (socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)),
}


def opened(kind, address, port):
    """Give a socket that takes what comes; without an address TCP listens where the kernel likes."""
    made = socket.socket(*KINDS[kind])
    if address:
        made.bind((address, port))
    if made.type == socket.SOCK_STREAM:
        made.listen()
    return made


def started(file, host, home, machine):
    """Give why a role may not start there, as reason and facts; nothing if it may."""
    try:
        check_host(file, host, home, machine)
    except SekishoError as error:
        return [error.reason.value, error.facts]
    return []


def main():
    file, host, root = sys.argv[1:]
    check = check_of(site_in(Path(file)), host, Machine(Path(root)))
    held = []
    for line in sys.stdin:
        match json.loads(line):
            case ["look"]:
                said = [[one.kind.value, one.place, one.what] for one in check.drifts()]
            case ["start", named, home]:
                said = started(Path(named), host, Path(home), check.machine)
            case ["open", *which]:
                held.append(opened(*which))
                said = []
            case ["close"]:
                for one in held:
                    one.close()
                held.clear()
                said = []
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
