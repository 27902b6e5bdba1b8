"""The inside of a locked child: reads its request, locks itself, works, and answers (spec/locks.md 5)."""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from sekisho.errors import SekishoError
from sekisho.locks.checking import lock_and_check
from sekisho.locks.lock import PARSING, Layer
from sekisho.locks.locking import Surroundings, files_of_python
from sekisho.locks.privileges import Limits

ANSWER = 1
FIRST_GIVEN = 3
"""What the parent hands over has the numbers from here on, in its order."""


def answer_alone(work: Callable[[bytes], dict[str, Any]]) -> NoReturn:
    """Answer the one request on standard input with what `work` gives back of it, or with why not, and end.

    What `work` needs should be imported before: only files of the interpreter can be read afterwards. An error says its kind alone.
    """
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit is EFBIG then
    terms = json.loads(sys.argv[1])
    request = sys.stdin.buffer.read()
    os.close(0)
    answer: dict[str, Any]
    try:
        _lock(terms)
        answer = {"done": work(request)}
    except SekishoError as error:
        answer = {"refused": _told(error)}
    except MemoryError:
        answer = {"limit": "memory"}
    except OSError as error:
        answer = {"errno": error.errno or 0}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear its kind, and no value of a row
        answer = {"fault": type(error).__name__}
    _write(json.dumps(answer).encode())
    os._exit(0)  # nothing is left to tidy, and what remains in memory is not looked at again


def _lock(terms: dict[str, Any]) -> None:
    around = Surroundings(readable=files_of_python(), limits=Limits(**terms["limits"]), user=terms["user"])
    lock_and_check(PARSING, around, frozenset(Layer(one) for one in terms["without"]), trial=terms["trial"])


def _told(error: SekishoError) -> dict[str, Any]:
    findings = [[one.column, one.rule, one.count, one.first_row] for one in error.findings]
    return {
        "kind": type(error).__name__,
        "reason": error.reason.value,
        "facts": error.facts,
        "findings": findings,
    }


def _write(raw: bytes) -> None:
    while raw:
        raw = raw[os.write(ANSWER, raw) :]
