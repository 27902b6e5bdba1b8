"""Figures of tools that cannot be set up beside ours, as measured once on another host, with what they were measured on.

Host: two cores, Debian 12, Java 17, R 4.2.2, Python 3.11. ARX 3.9.2: CPU seconds of the search's own thread, loading left
out; "local" is the optimum without a limit on rows left out, then local recoding in steps of 1 % (5 % on wide tables, after
five seconds of top-down search). sdcMicro 5.8.1: kAnon. anonypy 0.2.1 took `ANONYPY_THERE` CPU seconds on Adult there, so
that seconds of that host are made into seconds of this one by what anonypy takes here.
"""

from dataclasses import dataclass

ANONYPY_THERE = 44.3
HOST = "2 cores, Debian 12, Java 17, R 4.2.2"


@dataclass(frozen=True)
class Cited:
    """One run of another tool with k = 5: shares are 0..1, `cpu_s` are that host's; None where it was not measured."""

    table: str
    tool: str
    setting: str
    ncp: float
    cpu_s: float
    suppressed: float = 0.0
    entropy_loss: float | None = None
    class_of_a_record: float | None = None
    median_error: float | None = None
    mean_error: float | None = None
    p90_error: float | None = None
    k: int | None = 5


ARX, SDC = "ARX 3.9.2", "sdcMicro 5.8.1"
GLOBAL_0, GLOBAL_2, GLOBAL_5, GLOBAL_10 = "global, 0 %", "global, 2 %", "global, 5 %", "global, 10 %"
LOCAL, DISTINCT_L3, T_02 = "local", "local, distinct l = 3", "local, t = 0.2 equal"

CITED = (
    Cited("adult", ARX, GLOBAL_0, 0.6355, 0.15, 0.0, 0.665, 2321.1, k=69),
    Cited("adult", ARX, GLOBAL_2, 0.3703, 0.97, 0.0184, 0.529, 1787.0),
    Cited("adult", ARX, GLOBAL_5, 0.2820, 1.13, 0.0458, 0.455, 1999.7, 0.231, 1.10, 2.77),
    Cited("adult", ARX, GLOBAL_10, 0.2396, 1.14, 0.0857, 0.453, 2819.1),
    Cited("adult", ARX, LOCAL, 0.1894, 3.81, 0.0, 0.369, 236.8, 0.219, 1.09, 2.72),
    Cited("adult", SDC, "cells, wildcard", 0.107, 693.0, 0.0, 0.189, 18.3, 0.009, 0.163, 0.31, k=1),
    Cited("adult-occupation", ARX, DISTINCT_L3, 0.1342, 1.91, 0.0, 0.282, 458.2),
    Cited("adult-occupation", ARX, T_02, 0.5901, 5.01, 0.0843, 0.808, 4445.5, k=32),
    Cited("fars", ARX, GLOBAL_0, 0.6804, 0.13, 0.0, 0.710, 921.5, k=10),
    Cited("fars", ARX, GLOBAL_2, 0.3735, 0.61, 0.0195, 0.560, 535.4),
    Cited("fars", ARX, GLOBAL_5, 0.2909, 0.62, 0.0470, 0.541, 649.0),
    Cited("fars", ARX, GLOBAL_10, 0.2558, 0.81, 0.0910, 0.447, 976.1),
    Cited("fars", ARX, LOCAL, 0.2051, 3.12, 0.0, 0.390, 59.8),
    Cited("fars-istatenum", ARX, DISTINCT_L3, 0.1408, 1.17, 0.0, 0.302, 260.9),
    Cited("fars-istatenum", ARX, T_02, 0.4258, 2.14, 0.0217, 0.647, 1295.0, k=447),
    Cited("cup", ARX, GLOBAL_0, 0.8156, 0.26, 0.0, 0.898, 5430.4, k=8),
    Cited("cup", ARX, GLOBAL_2, 0.3882, 6.20, 0.0199, 0.652, 1591.6),
    Cited("cup", ARX, GLOBAL_5, 0.3498, 5.92, 0.0406, 0.587, 2684.8),
    Cited("cup", ARX, GLOBAL_10, 0.3498, 5.85, 0.0406, 0.587, 2684.8),
    Cited("cup", ARX, LOCAL, 0.3330, 16.17, 0.0, 0.567, 107.6),
    Cited("atus_syn", ARX, GLOBAL_5, 0.2231, 64.35, 0.0464, 0.421, 27093.6),
    Cited("atus_syn", ARX, LOCAL, 0.1637, 270.08, 0.0, 0.336, 1030.6),
    Cited("ihis_syn", ARX, GLOBAL_5, 0.2302, 131.18, 0.0495, 0.386, 59810.7),
    Cited("ihis_syn", ARX, LOCAL, 0.1659, 485.05, 0.0, 0.296, 363.0),
    Cited("mach2019", ARX, LOCAL, 0.5012, 13.99, 0.0, 0.632, 159.8),
    Cited("creditcard", ARX, LOCAL, 0.5541, 13.63, 0.0, 0.709, 72.0),
)

# Two tables with nine quasi-identifiers, 539,253 and 1,193,504 rows: a straight line between them at a million rows.
GROWTH = ((539_253, 64.35), (1_193_504, 131.18))
# The same limit on a made register of a million rows and eight quasi-identifiers, and its local recoding after five
# seconds of top-down search (the optimum alone takes `REGISTER_GLOBAL_5`).
REGISTER_GLOBAL_5, REGISTER_LOCAL = 204.98, 7.20


def at_a_million() -> float:
    """Give back the CPU seconds that ARX's growth predicts for the optimum at 5 % on a million rows."""
    (few, short), (many, long) = GROWTH
    return short + (long - short) * (1_000_000 - few) / (many - few)


def cited(table: str, tool: str, setting: str) -> Cited | None:
    found = [one for one in CITED if (one.table, one.tool, one.setting) == (table, tool, setting)]
    return found[0] if found else None
