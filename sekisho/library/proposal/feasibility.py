"""A request weighed on a table: whether it can pass, and what would make it pass (spec/proposal.md)."""

from datetime import date
from importlib.resources import files
from pathlib import Path

from sekisho.cores import spread
from sekisho.deid.changes.perform import Masking
from sekisho.deid.policy import Policy
from sekisho.deid.proposal.answer import LEAST_PERSONS, RUNS, Feasibility, weigh_request
from sekisho.deid.proposal.request import Request
from sekisho.deid.proposal.trial import Ground
from sekisho.deid.proposal.written import read_request
from sekisho.deid.schema import Schema
from sekisho.deid.search.question import Progress, Stop
from sekisho.deid.standard.dictionary import read_dictionary
from sekisho.errors import BadSettings, Malformed
from sekisho.library.results import told_in_words
from sekisho.library.sources import Source, open_schema, open_table
from sekisho.storage.files import read_file
from sekisho.tables.policy_file import LARGEST_FILE_BYTES, open_policy


@told_in_words()
def open_request(request: Request | str | Path) -> Request:
    """Give back the request itself, or that of a TOML file; what is wrong in it is `BadSettings` with the file's name."""
    if isinstance(request, Request):
        return request
    path = Path(request)
    try:
        return read_request(read_file(path, LARGEST_FILE_BYTES))
    except Malformed as error:
        raise BadSettings(error.reason, findings=(), **{"file": path.name, **error.facts}) from error


@told_in_words()
def weigh(  # noqa: PLR0913 - named by keyword, each with what is usual
    request: Request | str | Path,
    source: Source,
    schema: Schema | str | Path,
    policy: Policy | str | Path,
    *,
    entropy: bytes,
    on: date,
    least: int = LEAST_PERSONS,
    runs: int = RUNS,
    population: Source | None = None,
    dictionary: bytes | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Feasibility:
    """Give back the answer to a request: run on the table under the municipality's base policy, and judged.

    `on` is the day to which ages are counted, `least` the fewest persons that the law asks for, `runs` how many loosenings
    are tried at the most. Where `stop` answers True no more are. `dictionary` is what is odd anywhere, else the one that
    comes with Sekisho.

    Refuses with REQUEST_MALFORMED, DICTIONARY_MALFORMED, and what `open_table` and `deidentify` refuse, but for what no plan
    can meet.
    """
    declared = open_schema(schema)
    base = policy if isinstance(policy, Policy) else open_policy(Path(policy))
    asked = open_request(request)
    usual = files("sekisho.deid.standard") / "japan.toml"
    ground = Ground(
        table=open_table(source, declared),
        schema=declared,
        base=base,
        request=asked,
        dictionary=read_dictionary(usual.read_bytes() if dictionary is None else dictionary),
        on=on,
        entropy=entropy,
        least=least,
        population=None if population is None else open_table(population),
        progress=progress,
        stop=stop,
        spread=spread,
        masking=_masking(base),
    )
    return weigh_request(ground, runs)


def _masking(policy: Policy) -> Masking | None:
    """Give back what masks free text; it is loaded only where the policy asks for it."""
    if not policy.masked:
        return None
    from sekisho.freetext.columns import mask_column

    return lambda column: mask_column(column)[0]
