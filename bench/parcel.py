"""Speed and memory of sealing and opening, beside a plain read and write of the same bytes.

python -m bench.parcel [--gigabytes 4] [--folder FOLDER]

Each step is a process of its own, so that its peak memory is its own: `VmHWM` of /proc, which unlike `ru_maxrss` does
not begin with what the parent held. Files are not synced to disk: the figures are of the program, not of the disk.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

MIB = 1_048_576
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def copy(folder: Path) -> None:
    """Read the table and write it again: what no program that reads and writes it can beat."""
    with (folder / "table.csv").open("rb") as source, (folder / "copy").open("wb") as out:
        while piece := source.read(MIB):
            out.write(piece)
    (folder / "copy").unlink()


def seal_table(folder: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from sekisho.digest import digest_of
    from sekisho.parcel.draft import LabelDraft, LegalBasis, LegalBasisKind, Tool
    from sekisho.parcel.key import Recipient
    from sekisho.parcel.private_key import make_recipient_key, write_private_key
    from sekisho.parcel.seal import FileToSeal, seal
    from sekisho.signing import Ed25519Signer, write_public_key

    key, signer = make_recipient_key(), Ed25519Signer(Ed25519PrivateKey.generate())
    (folder / "key.pem").write_bytes(write_private_key(key))
    (folder / "sender").write_text(write_public_key(signer.verifier))
    basis, until = LegalBasis(LegalBasisKind.LAW, "bench"), NOW + timedelta(days=1)
    draft = LabelDraft("bench", 1, NOW, NOW, until, basis, digest_of(b""), 0, Tool("bench", "1"))
    size = (folder / "table.csv").stat().st_size
    with (folder / "table.csv").open("rb") as table, (folder / "parcel").open("wb") as out:
        file = FileToSeal("table.csv", "text/csv", size, table)
        seal([file], draft, [Recipient("bench", key.public_key)], signer, out, os.urandom)


def open_table(folder: Path) -> None:
    from sekisho.parcel.label import Sender, check_label
    from sekisho.parcel.layout import HEAD_BYTES
    from sekisho.parcel.private_key import read_private_key
    from sekisho.parcel.unseal import unseal
    from sekisho.signing import read_public_key

    verifier = read_public_key((folder / "sender").read_text())
    key = read_private_key((folder / "key.pem").read_bytes())
    with (folder / "parcel").open("rb") as parcel, (folder / "opened").open("wb") as out:
        label = check_label(parcel.read(HEAD_BYTES), {verifier.key_id: Sender("bench", verifier)}, NOW)
        parcel.seek(0)
        unseal(parcel, label, key, lambda _name, _size: out)
    (folder / "opened").unlink()


def check_parcel(folder: Path) -> None:
    from sekisho.parcel.label import Sender, check_label
    from sekisho.parcel.layout import HEAD_BYTES
    from sekisho.parcel.payload import check_payload
    from sekisho.signing import read_public_key

    verifier = read_public_key((folder / "sender").read_text())
    with (folder / "parcel").open("rb") as parcel:
        label = check_label(parcel.read(HEAD_BYTES), {verifier.key_id: Sender("bench", verifier)}, NOW)
        parcel.seek(0)
        check_payload(parcel, label)


STEPS: dict[str, Callable[[Path], None]] = {
    "copy": copy,
    "seal": seal_table,
    "check": check_parcel,
    "open": open_table,
}


def run_here(step: str, folder: Path) -> dict[str, float]:
    """Do one step in this process; gives back wall and CPU seconds and this process's peak memory in MiB."""
    start = time.perf_counter()
    STEPS[step](folder)
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return {"wall_s": wall, "cpu_s": used.ru_utime + used.ru_stime, "peak_mib": int(peak.split()[1]) / 1024}


def run(step: str, folder: Path) -> dict[str, float]:
    """Do one step in a child process."""
    command = [sys.executable, "-m", "bench.parcel", "--step", step, "--folder", str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def make_table(folder: Path, mib: int) -> None:
    with (folder / "table.csv").open("wb") as out:
        for _ in range(mib):
            out.write(os.urandom(MIB))


def compare(folder: Path, gigabytes: float) -> None:
    mib = round(gigabytes * 1024)
    make_table(folder, mib)
    print(f"{mib} MiB of random bytes, 1 recipient\n")
    print("| step  | MiB/s | CPU s | peak MiB | time, in plain copies |\n|---|---|---|---|---|")
    plain = 0.0
    for step in STEPS:
        os.sync()  # or the disk would still be writing what the step before left in memory
        took = run(step, folder)
        plain = plain or took["wall_s"]
        speed, times = mib / took["wall_s"], took["wall_s"] / plain
        print(f"| {step} | {speed:.0f} | {took['cpu_s']:.1f} | {took['peak_mib']:.0f} | {times:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=1)
    parser.add_argument(
        "--folder", type=Path, help="where the files are made; by default the system's own, and removed"
    )
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(run_here(given.step, given.folder)))
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        compare(Path(folder), given.gigabytes)


if __name__ == "__main__":
    main()
