"""The proof in words, for a terminal: what is open, stage by stage, and what was noticed (spec/site.md 6.6)."""

from collections.abc import Iterator

from sekisho.pages.columns import in_columns
from sekisho.pages.words import Words
from sekisho.site.plan.hosts import Kind
from sekisho.site.proving.probes import Probe
from sekisho.site.proving.proof import Proof
from sekisho.site.proving.stages import Stage

MOST_TOLD = 12  # of what is wrong, in each stage


def proof_text(words: Words, proof: Proof) -> str:
    """Give back the truth table of what got through, the stages, the alterations, what is wrong, and the verdict."""
    lines = [words.say("proof.head", machines=proof.machines, probes=len(proof.probes)), ""]
    lines += [words.say("proof.open"), *_truth(words, proof.open_flows), ""]
    lines += [*_stages(words, proof), "", *_altered(words, proof), "", *_wrong(words, proof)]
    lines.append(words.say("proof.proven" if proof.proven else "proof.broken"))
    return "\n".join(lines) + "\n"


def _truth(words: Words, flows: tuple[Probe, ...]) -> list[str]:
    """Kinds of machines by kinds of machines; in each place the ports that got through."""
    kinds = list(Kind)
    ports: dict[tuple[Kind, Kind], set[int]] = {}
    for one in flows:
        ports.setdefault((one.source.kind, one.path[-1].kind), set()).add(one.port)
    head = ["", *(words.say(f"proof.kind.{one.value}") for one in kinds)]
    rows = [
        [words.say(f"proof.kind.{here.value}"), *(_ports(ports.get((here, there), set())) for there in kinds)]
        for here in kinds
    ]
    return in_columns([head, *rows])


def _ports(ports: set[int]) -> str:
    return ", ".join(map(str, sorted(ports))) if ports else "·"


def _stages(words: Words, proof: Proof) -> list[str]:
    head = [words.say(f"proof.column.{one}") for one in ("stage", "passed", "expected", "wrong", "seconds")]
    return in_columns([head, *(_row(words, one) for one in proof.stages)], right=frozenset({1, 2, 3, 4}))


def _row(words: Words, one: Stage) -> list[str]:
    wrong = len(one.wrong | one.left | one.unseen)
    name = words.say(f"proof.stage.{one.name.value}")
    return [name, f"{len(one.passed):,}", f"{len(one.expected):,}", f"{wrong:,}", f"{one.seconds:.1f}"]


def _altered(words: Words, proof: Proof) -> Iterator[str]:
    told = proof.alterations
    asked = [one for one in told if one.tried is not None]
    yield words.say("proof.altered.compared", noticed=sum(one.compared for one in told), count=len(told))
    yield words.say("proof.altered.tried", noticed=sum(one.tried is True for one in asked), count=len(asked))


def _wrong(words: Words, proof: Proof) -> Iterator[str]:
    for stage in proof.stages:
        for key in ("wrong", "left", "unseen"):
            for number in sorted(getattr(stage, key))[:MOST_TOLD]:
                name = words.say(f"proof.stage.{stage.name.value}")
                yield words.say(f"proof.{key}", stage=name, probe=proof.probes[number].text)
    for one in proof.alterations:
        if not one.compared or one.tried is False:
            yield words.say("proof.unnoticed", host=one.host, what=one.what)
