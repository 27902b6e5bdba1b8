"""A policy from its file (spec/policy.md 2)."""

from collections.abc import Mapping

from sekisho.deid.exam import AT_RISK_ABOVE, Also, Exam
from sekisho.deid.policy import Climb, Coding, Goal, Mode, Policy, Star, Wording
from sekisho.deid.written.bounds import read_bound
from sekisho.deid.written.change_shapes import ExamPart
from sekisho.deid.written.changes import read_change
from sekisho.deid.written.checking import check_alone
from sekisho.deid.written.ladders import read_rule
from sekisho.deid.written.lines import lines_of, malformed
from sekisho.deid.written.shapes import DEFAULT_STEPS, CodingPart, PolicyFile
from sekisho.deid.written.strict import read_toml
from sekisho.errors import Reason


def read_policy(raw: bytes, ladder_files: Mapping[str, bytes]) -> Policy:
    """Give back the policy of a TOML file; `ladder_files` holds the named hierarchy files.

    Refuses with POLICY_MALFORMED (`line`, `key`, `rule`; what is no TOML at all has no key) or LADDER_MALFORMED.
    """
    file = read_toml(raw, PolicyFile, Reason.POLICY_MALFORMED)
    lines = lines_of(raw.decode())
    mode = Mode(file.mode)
    for key, told, modes, rule in (
        ("labels", file.labels, {Mode.LOCAL}, "only-local"),
        ("star", file.star, {Mode.CELLS}, "only-cells"),
        ("steps", file.steps, {Mode.LOCAL, Mode.CELLS}, "not-global"),
    ):
        if told is not None and mode not in modes:
            raise malformed(lines, (key,), rule=rule)
    return check_alone(
        Policy(
            k=file.k,
            suppression_limit=file.suppression_limit,
            goal=Goal(file.goal),
            bounds=tuple(
                read_bound(part, ladder_files, lines=lines, key=("bound", place))
                for place, part in enumerate(file.bound, 1)
            ),
            mode=mode,
            labels=Wording(file.labels or Wording.INTERVALS),
            star=Star(file.star or Star.VALUE),
            steps=DEFAULT_STEPS if file.steps is None else file.steps,
            delete=frozenset(file.delete),
            ladders={
                name: Climb(read_rule(name, part, ladder_files, lines=lines, key=("ladder", name)), part.highest)
                for name, part in file.ladder.items()
            },
            weights=file.weight,
            codings={name: _coding(part) for name, part in file.code.items()},
            changes=tuple(
                read_change(part, lines=lines, key=("change", place)) for place, part in enumerate(file.change, 1)
            ),
            exam=_exam(file.exam),
            lines=lines,
        )
    )


def _coding(part: CodingPart) -> Coding:
    return Coding(part.top, part.bottom, part.top_share, part.bottom_share)


def _exam(part: ExamPart) -> Exam:
    told = {name: getattr(part, name) for name in ExamPart.model_fields}
    return Exam(
        **{
            **told,
            "threshold": AT_RISK_ABOVE if part.threshold is None else part.threshold,
            "also": tuple(dict.fromkeys(map(Also, part.also))),
        }
    )
