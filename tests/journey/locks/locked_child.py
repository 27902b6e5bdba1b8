"""A program for the tests: locks itself with some layers, tries ways out, and prints what stopped each.

Each attempt is made in a child of its own, which is started unlocked: an attempt that succeeds spoils nothing for the next.
"""

import argparse
import json
import os
import socket
from dataclasses import replace
from pathlib import Path

from sekisho.errors import SekishoError
from sekisho.locks.checking import check_locked, open_calls, why_stopped
from sekisho.locks.escapes import ATTEMPTS, Target
from sekisho.locks.lock import LOCKS, Layer, Role
from sekisho.locks.locking import Surroundings, files_of_python, lock_process


def apart(work):
    """Give back what `work` gives back in a child process."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        answer = work()
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    raw = b""
    while chunk := os.read(read, 65536):
        raw += chunk
    os.close(read)
    os.waitpid(child, 0)
    return json.loads(raw) if raw else "died"


def told():
    """Give back the program's arguments, read."""
    parser = argparse.ArgumentParser()
    parser.add_argument("role")
    parser.add_argument("--layers", default=" ".join(one.value for one in Layer))
    parser.add_argument("--without-call", default="")
    parser.add_argument("--without-rule", default="")
    parser.add_argument("--port", type=int, default=9)
    parser.add_argument("--may-call", type=int, default=0)
    parser.add_argument("--user", default=None)
    parser.add_argument("--do", choices=("table", "check", "calls", "layers"), default="table")
    return parser.parse_args()


def main():
    given = told()
    whole = LOCKS[Role(given.role)]
    lock = replace(
        whole,
        refused=whole.refused - {given.without_call},
        only=tuple(one for one in whole.only if one.call != given.without_rule),
    )
    layers = frozenset(Layer(one) for one in given.layers.split())
    target = Target(given.port)
    ports = (given.may_call,) if given.may_call else ()
    around = Surroundings(files_of_python(), (Path.cwd(),), ports=ports, user=given.user)

    def locked(work):
        def run():
            held = lock_process(lock, around, layers) if layers else frozenset()
            return work(held)

        return apart(run)

    def check(held):
        try:
            check_locked(whole, held, target)
        except SekishoError as error:
            return [error.reason.value, error.facts]
        return []

    def table():
        tried = [(one, target) for one in ATTEMPTS if whole.role in one.roles]
        if given.may_call:
            tried.append((replace(ATTEMPTS[0], name="allowed-port"), Target(given.may_call)))
        return {one.name: locked(lambda _, one=one, aim=aim: why_stopped(one, aim) or "OPEN") for one, aim in tried}

    ways = {
        "table": table,
        "check": lambda: locked(check),
        "calls": lambda: locked(lambda _: list(open_calls(whole))),
        "layers": lambda: locked(lambda held: sorted(one.value for one in held)),
    }
    print(json.dumps(ways[given.do]()))


if __name__ == "__main__":
    socket.setdefaulttimeout(2)
    main()
