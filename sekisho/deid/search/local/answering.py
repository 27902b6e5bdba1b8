"""The local search, and the strict cells mode: from a question to an answer."""

from dataclasses import replace
from math import ceil

from sekisho.deid.policy import Goal, Mode, Policy, Wording
from sekisho.deid.search.answer import Answer, claim
from sekisho.deid.search.coarsest import average_risk, coarsest_partition, leaves_too_much, left_out, refusal_of
from sekisho.deid.search.local.causes import causes_of
from sekisho.deid.search.local.costs import costs_of
from sekisho.deid.search.local.partition import Partition, Question, find_partition, persons_of
from sekisho.deid.search.local.wording import word
from sekisho.deid.search.obstacle import AVERAGE, refuse_if_unreachable
from sekisho.deid.search.question import Posed, Watch
from sekisho.deid.written.bounds import measure_of

GUIDES = {
    Goal.LOSS: Goal.LOSS,
    Goal.PRECISION_LOSS: Goal.PRECISION_LOSS,
    Goal.ENTROPY_LOSS: Goal.PRECISION_LOSS,
    Goal.DISCERNIBILITY: Goal.AVERAGE_CLASS,
    Goal.AVERAGE_CLASS: Goal.AVERAGE_CLASS,
}
"""What the cuts from the top look at for each goal: on real tables it led to better ends than the goal itself."""


def answer_local(posed: Posed, watch: Watch) -> Answer:
    """Local recoding, and the strict cells mode: local recoding on ladders of a value and `*`."""
    policy = posed.policy
    refuse_if_unreachable(posed.tuples, posed.demands, policy.most_suppressed(posed.rows))
    wording = policy.labels if policy.mode is Mode.LOCAL else Wording.LADDER
    question = Question(
        posed.tuples,
        tuple(posed.ladders.values()),
        posed.limits,
        posed.demands,
        policy.goal,
        wording,
        policy.steps,
        GUIDES[policy.goal],
        posed.weights,
    )
    partition, question, rounds = _within_bounds(posed, question, watch)
    recoding = word(partition, posed.tuples, question.ladders, wording)
    suppressed = left_out(partition, posed.tuples.rows)
    persons = persons_of(posed.tuples)
    costs = costs_of(posed.tuples, question.ladders, policy.goal, wording, (), posed.weights)
    return Answer(
        tuples=posed.tuples,
        ladders=posed.ladders,
        recoding=recoding,
        value=claim(policy.goal, posed.tuples, posed.ladders, recoding, policy.least_rows),
        suppressed=suppressed,
        nodes=0,
        evaluated=0,
        steps=partition.steps,
        proven=False,
        whole=partition.whole,
        causes=causes_of(
            partition, persons, costs, question.demands, tuple(posed.ladders), _names(policy, raised=rounds > 0)
        ),
    )


def _within_bounds(posed: Posed, question: Question, watch: Watch) -> tuple[Partition, Question, int]:
    """Give back the partition; where the average risk is too high, that of the least class size that lowers it enough.

    Where no class size does, the coarsest partition may. Refuses with NO_PLAN if too much is left out, or not even that.
    """
    rows, risk, allowed = posed.tuples.rows, posed.average_risk, posed.policy.most_suppressed(posed.rows)
    partition = _partition(question, watch)
    if leaves_too_much(question, partition, allowed):
        raise refusal_of(question, risk, allowed)
    if risk is None or average_risk(partition, rows) <= risk:
        return partition, question, 0
    low, high = question.demands.least_rows + 1, min(ceil(1 / risk), posed.rows)
    best = replace(coarsest_partition(question), whole=partition.whole), question
    rounds = 1
    while low <= high:
        middle = (low + high) // 2
        tried = replace(question, demands=question.demands._replace(least_rows=middle))
        partition = _partition(tried, watch)
        rounds += 1
        if average_risk(partition, rows) > risk:
            low = middle + 1
            continue
        high = middle - 1
        if not leaves_too_much(tried, partition, allowed):
            best = partition, tried
    if average_risk(best[0], rows) > risk:
        raise refusal_of(question, risk, allowed)
    return best[0], best[1], rounds


def _partition(question: Question, watch: Watch) -> Partition:
    return find_partition(question, spread=watch.spread, progress=watch.progress, stop=watch.stop)


def _names(policy: Policy, *, raised: bool) -> list[tuple[str, str]]:
    """Give back the bounds in the order in which a class is judged: rows, persons, presence, subjects, sensitive ones."""
    return [
        (AVERAGE if raised else "k", ""),
        ("k-map", ""),
        ("presence", ""),
        *([("k-subjects", "")] if policy.least_subjects else []),
        *((measure_of(one), one.column) for one in policy.sensitive_bounds),
    ]
