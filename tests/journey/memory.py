"""What stands in the memory of a process, read from outside as root reads it."""

import base64
import contextlib
from pathlib import Path

CODECS = ("utf-8", "cp932", "euc-jp", "utf-16-le", "utf-16-be")
LARGEST_REGION_BYTES = 1024**3


def spellings(text: str) -> dict[str, bytes]:
    """Give back a text as the bytes that would betray it: each encoding, and base64 in each of its three places."""
    raw = {codec: text.encode(codec) for codec in CODECS}
    inside = {
        f"base64 {shift}": base64.b64encode(b"\0" * shift + text.encode())[4 if shift else 0 :].rstrip(b"=")[:-2]
        for shift in range(3)
    }
    return raw | inside


def family(pid: int) -> list[int]:
    """Give back a process and all that it started, and they."""
    children = [int(text) for one in Path(f"/proc/{pid}/task").glob("*/children") for text in one.read_text().split()]
    return [pid, *(found for child in children for found in family(child))]


def found_in(pid: int, sought: dict[str, bytes]) -> set[str]:
    """Give back which spellings stand in the memory of a process."""
    found = set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            start, end = (int(one, 16) for one in place.split("-"))
            if rights[0] != "r" or end - start > LARGEST_REGION_BYTES:
                continue
            with contextlib.suppress(OSError, OverflowError, ValueError):  # the kernel's own pages
                memory.seek(start)
                raw = memory.read(end - start)
                found |= {name for name, one in sought.items() if one in raw}
    return found


def found_on_disk(folder: Path, sought: dict[str, bytes]) -> set[str]:
    """Give back which spellings stand in any file below a folder."""
    raws = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return {name for name, one in sought.items() if any(one in raw for raw in raws)}
