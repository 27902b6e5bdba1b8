"""What pycanon and suda manage of the same measures, on the largest table of a few that they do in a minute."""

import json
import math
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, assert_never

from bench.measures.made import CARE, DIAGNOSIS, NAMES
from bench.measures.measured import PAIRS_ALONE
from bench.search.tables import ROOT

PYTHON = ROOT / "build" / "venv-bench" / "bin" / "python"
PEERS = Path(__file__).with_name("peers.py")
LIMIT_S, LIMIT_WALL_S = 60, 300  # a busy machine gives a process less than a CPU second a second
LIMIT_GB = 10
CLOSE = 1e-9
SIZES = (30_000, 10_000, 3_000)
LARGE_SIZES = (300_000, 100_000, *SIZES)


class Alike(Enum):
    """How the tool's number and ours have to go together."""

    EQUAL = "equal"
    WHOLE_PART = "whole part"  # the tool gives the whole part of ours
    OTHER = "defined otherwise"


@dataclass(frozen=True)
class Peer:
    """One measure of another tool: `beside` names ours, `why` says where the tool's definition is another."""

    tool: str
    measure: str
    beside: str
    sensitive: str = ""
    alike: Alike = Alike.EQUAL
    why: str = ""
    sizes: tuple[int, ...] = SIZES

    @property
    def table(self) -> str:
        return "original.csv" if self.tool == "suda" else "released.csv"


@dataclass(frozen=True)
class Shown:
    """What a tool took on `rows` rows, and whether its number is ours; `rows` is 0 where it managed none of the sizes."""

    peer: Peer
    rows: int
    wall_s: float = math.nan
    cpu_s: float = math.nan
    theirs: float | None = None
    ours: float | None = None
    ours_s: float = math.nan
    kept: bool = False

    @property
    def ratio(self) -> float:
        """How many times as long the tool took."""
        return self.cpu_s / self.ours_s if self.ours_s else math.nan


LACKS = "leaves out the value that a class lacks, where the definition has no bound"
LEAST = "gives the smaller of the greatest gain and the greatest −ln q, whichever values they are of"
ASKS_C = "gives c for the distinct l of the table, where ours gives l for a c"
NOT_MINIMAL = "counts, in its scores, also sets of columns that are not minimal"
PEER_MEASURES = (
    Peer("pycanon", "k_anonymity", "k"),
    Peer("pycanon", "alpha_k_anonymity", "alpha-k", DIAGNOSIS),
    Peer("pycanon", "l_diversity", "distinct-l", DIAGNOSIS),
    Peer("pycanon", "entropy_l_diversity", "entropy-l", DIAGNOSIS, Alike.WHOLE_PART),
    Peer("pycanon", "recursive_c_l_diversity", "recursive-l", DIAGNOSIS, Alike.OTHER, ASKS_C),
    Peer("pycanon", "t_closeness", "t-closeness-equal", DIAGNOSIS),
    Peer("pycanon", "t_closeness", "t-closeness-ordered", CARE),
    Peer("pycanon", "delta_disclosure", "delta-disclosure", DIAGNOSIS, Alike.OTHER, LACKS),
    Peer("pycanon", "basic_beta_likeness", "beta-likeness", DIAGNOSIS),
    Peer("pycanon", "enhanced_beta_likeness", "beta-likeness-enhanced", DIAGNOSIS, Alike.OTHER, LEAST),
    Peer("suda", "suda", PAIRS_ALONE, why=NOT_MINIMAL, sizes=LARGE_SIZES),
)


def run_peer(peer: Peer, folder: Path) -> dict[str, Any] | None:
    """Give back the tool's seconds and numbers on the tables in `folder`, or None where it took too much."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "peer.json"
        command = [PYTHON, PEERS, peer.measure, folder / peer.table, "--quasi", ",".join(NAMES), "--out", out]
        command += ["--seconds", LIMIT_S, "--gigabytes", LIMIT_GB, "--sensitive", peer.sensitive]
        command += ["--numeric"] if peer.sensitive == CARE else []
        try:
            ran = subprocess.run([str(one) for one in command], check=False, capture_output=True, timeout=LIMIT_WALL_S)
        except subprocess.TimeoutExpired:
            return None
        if ran.returncode > 0 and b"MemoryError" not in ran.stderr:
            raise RuntimeError(ran.stderr.decode(errors="replace"))  # not too slow, but wrong
        told: dict[str, Any] | None = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
        return told


def shown_of(peer: Peer, rows: int, found: Mapping[str, Any], ours: Mapping[str, Any]) -> Shown:
    """Give back the tool's run on so many rows beside ours on the same."""
    theirs, number = found["numbers"][0], ours["numbers"][0]
    return Shown(
        peer, rows, found["wall_s"], found["cpu_s"], theirs, number, ours["cpu_s"], is_alike(peer.alike, theirs, number)
    )


def is_alike(alike: Alike, theirs: float, ours: float | None) -> bool:
    """Say whether the two numbers go together as they have to."""
    match alike:
        case Alike.EQUAL:
            return ours is not None and math.isclose(theirs, ours, rel_tol=CLOSE)
        case Alike.WHOLE_PART:
            return ours is not None and theirs == math.floor(ours)
        case Alike.OTHER:
            return True
        case _:
            assert_never(alike)


def versions(names: Sequence[str] = ("pycanon", "suda", "pandas", "numpy")) -> dict[str, str]:
    """Give back which release of each tool stands in their environment."""
    code = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    ran = subprocess.run([PYTHON, "-c", code, *names], check=True, capture_output=True, text=True)
    told: dict[str, str] = json.loads(ran.stdout)
    return told
