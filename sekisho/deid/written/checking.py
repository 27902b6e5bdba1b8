"""Whether the parts of a policy go together, and with a schema (spec/policy.md)."""

from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from sekisho.deid.bounds import Bound, Distance, HighestRisk, KMap, KSubjects, Presence, SensitiveBound, TCloseness
from sekisho.deid.changes.change import Pseudonym, columns_changed
from sekisho.deid.changes.fitting import Asked, check_change, check_once
from sekisho.deid.exam import Also
from sekisho.deid.ladders.rule import fits
from sekisho.deid.policy import FORMAT, Coding, Goal, Mode, Policy, Star, Wording, is_deleted, quasi_identifiers
from sekisho.deid.schema import ColumnSchema, Kind, Role, Schema
from sekisho.deid.written.bounds import fields_of
from sekisho.deid.written.changes import fields_of_change
from sekisho.deid.written.ladders import check_rule
from sekisho.deid.written.lines import Key, malformed
from sekisho.deid.written.shapes import DEFAULT_STEPS, PolicyFile
from sekisho.deid.written.strict import first_misfit
from sekisho.errors import CannotMeet, Fact, Malformed, Reason


def check_policy(policy: Policy, schema: Schema) -> Policy:
    """Give back `policy` if every column it names is in `schema` and fits, and every quasi-identifier has a ladder.

    Refuses with POLICY_MALFORMED, and with NO_QUASI_IDENTIFIER where none is declared or all are deleted: then no
    measure of risk would mean anything. In the cells mode no ladder is needed, and none may be given.
    """
    check_alone(policy)
    for name in sorted(policy.delete):
        _known(policy, schema, name, ("delete",))
    _check_ladders(policy, schema)
    _check_codings(policy, schema)
    for place, bound in enumerate(policy.bounds, 1):
        if isinstance(bound, SensitiveBound):
            _check_column(policy, schema, bound, ("bound", place))
    _check_weights(policy, schema)
    _check_changes(policy, schema)
    _check_exam(policy, schema)
    if not quasi_identifiers(policy, schema):
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)
    return policy


def check_alone(policy: Policy) -> Policy:
    """Give back `policy` if its parts go together, whatever the table."""
    lines = policy.lines
    _check_numbers(policy)
    _check_ladders_alone(policy)
    if policy.least_rows < 2 and not any(isinstance(one, KMap) for one in policy.bounds):
        raise malformed(lines, ("k",), rule="k-or-population")
    if policy.mode is Mode.CELLS and policy.ladders:
        raise malformed(lines, ("ladder",), rule="no-ladder-in-cells")
    if policy.mode is not Mode.LOCAL and policy.labels is not Wording.INTERVALS:
        raise malformed(lines, ("labels",), rule="only-local")
    if policy.mode is not Mode.CELLS and policy.star is not Star.VALUE:
        raise malformed(lines, ("star",), rule="only-cells")
    if policy.mode is Mode.GLOBAL and policy.steps != DEFAULT_STEPS:
        raise malformed(lines, ("steps",), rule="not-global")
    seen = set()
    for place, bound in enumerate(policy.bounds, 1):
        key: Key = ("bound", place)
        if policy.star is Star.ANYTHING and not isinstance(bound, HighestRisk):
            raise malformed(lines, key, rule="star-keeps-k-alone")
        if (type(bound), getattr(bound, "column", None)) in seen:
            raise malformed(lines, key, rule="bound-twice")
        seen.add((type(bound), getattr(bound, "column", None)))
        if isinstance(bound, TCloseness) and (bound.distance is Distance.HIERARCHICAL) is (bound.ladder is None):
            raise malformed(lines, (*key, "ladder"), rule="ladder-for-hierarchical")
        _check_presence(policy, bound, key)
    _check_persons(policy)
    return policy


def _check_persons(policy: Policy) -> None:
    """Refuse a bound on persons where nothing says whose rows they are, and with it one that takes rows for persons."""
    if not policy.least_subjects:
        return
    for place, bound in enumerate(policy.bounds, 1):
        if isinstance(bound, KSubjects) and not policy.exam.subject:
            raise malformed(policy.lines, ("bound", place), rule="persons-need-subject")
        if isinstance(bound, Presence):
            raise malformed(policy.lines, ("bound", place), rule="presence-counts-rows")


def _check_presence(policy: Policy, bound: Bound, key: Key) -> None:
    if not isinstance(bound, Presence):
        return
    if bound.at_least > bound.at_most:
        raise malformed(policy.lines, (*key, "at_least"), rule="least-above-most")
    if bound.at_least > 0 and policy.suppression_limit > 0:
        raise malformed(policy.lines, (*key, "at_least"), rule="presence-leaves-nobody-out")


def _check_numbers(policy: Policy) -> None:
    """Refuse what the file's shape would refuse: a policy made in Python was never read from one."""
    tree = {
        "format": FORMAT,
        "k": policy.k,
        "suppression_limit": policy.suppression_limit,
        "steps": policy.steps,
        "bound": [fields_of(one) for one in policy.bounds],
        "weight": dict(policy.weights),
        "change": [fields_of_change(one) for one in policy.changes],
        "code": {name: _told(one) for name, one in policy.codings.items()},
        "exam": {
            "population": policy.exam.population,
            "threshold": policy.exam.threshold,
            "also": [one.value if isinstance(one, Also) else None for one in policy.exam.also],
        },
    }
    try:
        PolicyFile.model_validate(tree)
    except ValidationError as error:
        key, rule, right = first_misfit(error, tree, PolicyFile)
        raise malformed(policy.lines, key, rule=rule, **right) from None


def _told(coding: Coding) -> dict[str, Any]:
    return {one.name: told for one in fields(coding) if (told := getattr(coding, one.name)) is not None}


def _check_ladders_alone(policy: Policy) -> None:
    for name, climb in policy.ladders.items():
        check_rule(name, climb.rule)
        if not 0 <= climb.limit <= climb.rule.height:
            raise malformed(policy.lines, ("ladder", name, "highest"), rule="above-ladder", limit=climb.rule.height)
    for bound in policy.bounds:
        if isinstance(bound, TCloseness) and bound.ladder is not None:
            check_rule(bound.column, bound.ladder)
    for name, coding in policy.codings.items():
        if (coding.top, coding.bottom, coding.top_share, coding.bottom_share) == (None, None, None, None):
            raise malformed(policy.lines, ("code", name), rule="top-or-bottom")
        for limit, share in (("top", coding.top_share), ("bottom", coding.bottom_share)):
            if share is not None and getattr(coding, limit) is not None:
                raise malformed(policy.lines, ("code", name, f"{limit}_share"), rule="limit-or-share")
        if coding.top is not None and coding.bottom is not None and coding.top <= coding.bottom:
            raise malformed(policy.lines, ("code", name), rule="top-below-bottom")


def _check_ladders(policy: Policy, schema: Schema) -> None:
    for name, climb in policy.ladders.items():
        key = ("ladder", name)
        column = _known(policy, schema, name, key)
        wrong = "not-quasi-identifier" if column.role is not Role.QUASI_IDENTIFIER else fits(climb.rule, column.kind)
        if wrong:
            raise malformed(policy.lines, key, rule=wrong)
    for name in quasi_identifiers(policy, schema):
        if policy.mode is not Mode.CELLS and name not in policy.ladders:
            raise malformed(policy.lines, ("ladder", name), rule="missing-ladder")


def _check_codings(policy: Policy, schema: Schema) -> None:
    for name in policy.codings:
        key = ("code", name)
        column = _known(policy, schema, name, key)
        if column.kind is not Kind.INTEGER:
            raise malformed(policy.lines, key, rule="coding-needs-integer")
        if column.role in {Role.IDENTIFIER, Role.QUASI_IDENTIFIER}:
            raise malformed(policy.lines, key, rule="not-sensitive-or-plain")


def _check_weights(policy: Policy, schema: Schema) -> None:
    for name in policy.weights:
        _known(policy, schema, name, ("weight", name))
        if name not in quasi_identifiers(policy, schema):
            raise malformed(policy.lines, ("weight", name), rule="not-weighed")
    if policy.weights and policy.goal in {Goal.DISCERNIBILITY, Goal.AVERAGE_CLASS}:
        raise malformed(policy.lines, ("weight",), rule="weights-need-cells")


def _check_changes(policy: Policy, schema: Schema) -> None:
    for place, change in enumerate(policy.changes, 1):
        key: Key = ("change", place)

        def know(name: str, part: tuple[str, ...], key: Key = key) -> ColumnSchema:
            return _known(policy, schema, name, (*key, *part))

        def refuse(part: tuple[str, ...], rule: str, key: Key = key) -> Malformed:
            return malformed(policy.lines, (*key, *part), rule=rule)

        check_change(Asked(change, schema, policy.delete, know, refuse))
    check_once(policy.changes, lambda place, rule: malformed(policy.lines, ("change", place), rule=rule))


def _check_exam(policy: Policy, schema: Schema) -> None:
    """Refuse an exam whose columns are unknown, or that asks for what its other keys would have to tell."""
    for key in ("weights", "household", "subject"):
        name = getattr(policy.exam, key)
        column = _known(policy, schema, name, ("exam", key)) if name else None
        if column is not None and key == "subject" and column.role is Role.STRIPPED:
            raise malformed(policy.lines, ("exam", key), rule="never-arrives")
        if column is not None and key != "subject" and is_deleted(column, policy):
            raise malformed(policy.lines, ("exam", key), rule="not-released")
        if column is not None and key == "weights" and column.kind is not Kind.INTEGER:
            raise malformed(policy.lines, ("exam", key), rule="needs-integer")
        altered = name in policy.codings or name in _changed(policy)
        if column is not None and (column.role is Role.QUASI_IDENTIFIER or altered):
            raise malformed(policy.lines, ("exam", key), rule="not-as-it-was")
    if policy.exam.household and not policy.exam.weights:
        raise malformed(policy.lines, ("exam", "household"), rule="household-needs-weights")
    if Also.COPULA in policy.exam.also and policy.exam.population is None:
        raise malformed(policy.lines, ("exam", "also"), rule="copula-needs-population")
    if Also.COPULA in policy.exam.also and policy.mode is not Mode.GLOBAL:
        raise malformed(policy.lines, ("exam", "also"), rule="copula-needs-global")


def _changed(policy: Policy) -> frozenset[str]:
    """Give back the columns whose cells become others; pseudonyms part the rows as the names did."""
    changes = [one for one in policy.changes if not isinstance(one, Pseudonym)]
    return frozenset(name for one in changes for name in columns_changed(one))


def _check_column(policy: Policy, schema: Schema, bound: SensitiveBound, key: Key) -> None:
    column = _known(policy, schema, bound.column, (*key, "column"))
    if column.role is not Role.SENSITIVE:
        raise malformed(policy.lines, (*key, "column"), rule="not-sensitive")
    if column.name in policy.delete:
        raise malformed(policy.lines, (*key, "column"), rule="deleted-column")
    if not isinstance(bound, TCloseness):
        return
    if bound.distance is Distance.ORDERED and not column.values and column.kind not in {Kind.INTEGER, Kind.DATE}:
        raise malformed(policy.lines, (*key, "distance"), rule="no-order")
    if bound.ladder is not None:
        wrong = "coded-column" if column.name in policy.codings else fits(bound.ladder, column.kind)
        if wrong:
            raise malformed(policy.lines, (*key, "ladder"), rule=wrong)


def _known(policy: Policy, schema: Schema, name: str, key: Key) -> ColumnSchema:
    if name in schema.names:
        return schema.column(name)
    near = get_close_matches(name, schema.names, 1)
    nearest: dict[str, Fact] = {"nearest": near[0]} if near else {}
    raise malformed(policy.lines, key, rule="unknown-column", column=name, **nearest)
