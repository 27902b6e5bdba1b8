"""The ready-made datasets: for each a folder with `schema.toml`, `policy.toml` and `ladders/` (docs/datasets.md)."""

from importlib.resources import files
from pathlib import Path

from sekisho.errors import Reason, WrongUsage

SCHEMA, POLICY = "schema.toml", "policy.toml"
# In the order in which a municipality thinks of its work.
IDS = (
    "resident-register",
    "national-health",
    "claims",
    "care",
    "resident-tax",
    "child-allowance",
    "health-checks",
)


def ready_ids() -> tuple[str, ...]:
    """Give back the names of the datasets, in the order of docs/datasets.md."""
    return IDS


def ready_folder(name: str) -> Path:
    """Give back the folder of a ready-made dataset; any other name is wrong usage (USAGE)."""
    if name not in IDS:
        raise WrongUsage(Reason.USAGE, option="dataset", values=", ".join(IDS))
    return Path(str(files("sekisho.datasets"))) / name
