"""The whole way of a data scientist: from what one has to a de-identified table, its plan and its report."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sekisho.cores import spread
from sekisho.deid.deidentify import Outcome
from sekisho.deid.deidentify import deidentify as deidentify_table
from sekisho.deid.ladders.rule import fits
from sekisho.deid.policy import Policy
from sekisho.deid.policy import quasi_identifiers as quasi_identifiers_of
from sekisho.deid.schema import Kind, Schema, read_schema
from sekisho.deid.table import Table
from sekisho.freetext.columns import masking_for
from sekisho.library.results import told_in_words
from sekisho.library.roles import Roles, check_population, schema_of
from sekisho.library.sources import Source, open_table
from sekisho.storage.files import read_file
from sekisho.tables.policy_file import open_policy

ENTROPY_BYTES = 32
LARGEST_SCHEMA_BYTES = 16 * 1024 * 1024


def deidentify(  # noqa: PLR0913 - one keyword for each role
    source: Source,
    policy: Policy | str | Path,
    schema: Schema | str | Path | None = None,
    *,
    quasi_identifiers: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    identifiers: Sequence[str] = (),
    plain: Sequence[str] = (),
    population: Source | None = None,
    entropy: bytes | None = None,
    **watching: Any,
) -> Outcome:
    """Give back the table that keeps the policy, its plan, and a report measured anew on the released rows.

    `source` and `population` (the persons among whom a bound of k-map or presence hides the rows) are what `open_table` takes.
    `policy` and `schema` may be paths of their TOML files. Without a schema each column is named in just one of
    `quasi_identifiers`, `sensitive`, `identifiers` and `plain`. `entropy`, 32 secret bytes, shuffles the rows; it is
    drawn anew unless given. `watching`: `progress` and `stop`, as `sekisho.deid.deidentify` takes them.

    Costs a group-by of the table, a search over its distinct tuples and one pass over its rows. Raises `SekishoError`
    with a `reason`, and a note that says in words what to do.
    """
    roles = Roles(quasi_identifiers, sensitive, identifiers, plain)
    with told_in_words():
        wanted = policy if isinstance(policy, Policy) else open_policy(Path(policy))
        table, declared = _open(source, schema, roles, wanted)
        if population is not None:
            names = quasi_identifiers_of(wanted, declared)
            watching["population"] = check_population(open_table(population), names)
        secret = secrets.token_bytes(ENTROPY_BYTES) if entropy is None else entropy
        masking = masking_for(wanted)
        return deidentify_table(table, declared, wanted, entropy=secret, spread=spread, masking=masking, **watching)


def _open(source: Source, schema: Schema | str | Path | None, roles: Roles, policy: Policy) -> tuple[Table, Schema]:
    if schema is None:
        table = open_table(source)
        return table, schema_of(table, roles, _kinds_asked(policy))
    if any(True for _ in roles.named):
        raise TypeError("roles stand in the schema: give a schema or roles, not both")
    declared = schema if isinstance(schema, Schema) else read_schema(read_file(Path(schema), LARGEST_SCHEMA_BYTES))
    return open_table(source, declared), declared


def _kinds_asked(policy: Policy) -> dict[str, Kind]:
    """Give back the kind that each column must have for what the policy does to it."""
    asked = {name: next(kind for kind in Kind if not fits(one.rule, kind)) for name, one in policy.ladders.items()}
    return {**asked, **dict.fromkeys(policy.codings, Kind.INTEGER)}
