"""Whether a request can be met, and whether the loosenings that are offered really work."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proposals_made import asking, ground, town, weighed

from sekisho.deid.bounds import DistinctL, KMap, KSubjects
from sekisho.deid.exam import Exam
from sekisho.deid.proposal.answer import write_feasibility
from sekisho.deid.proposal.asking import Coarser, Drop, LeaveOut, Widen
from sekisho.deid.proposal.loosening import find_loosenings
from sekisho.deid.proposal.trial import Why, try_moves
from sekisho.deid.standard.judgement import Verdict
from sekisho.statement import read_canonical

FINE = ('column = "年齢"\nlevel = 0', 'column = "性別"\nlevel = 0', 'column = "要介護度"')


def strict(made=None):
    return replace((made or town()).rules, suppression_limit=Fraction(1, 50))


def whys(trial):
    return {one.why for one in trial.objections}


def test_a_request_that_the_table_can_give_is_feasible_with_all_five_items_met():
    answer = weighed(asking())
    assert answer.feasible
    assert [verdict for _, verdict in answer.asked.verdicts] == [Verdict.MET] * 5
    assert (answer.asked.persons, answer.found.runs) == (600, 0)
    assert 0 < answer.asked.persons_left <= 600


def test_the_loss_is_the_mean_of_the_columns_that_were_asked_for():
    asked = weighed(asking()).asked
    assert [one.name for one in asked.columns] == ["年齢", "性別", "要介護度"]
    assert asked.lost == sum(one.lost for one in asked.columns) / 3
    assert asked.columns[2].lost == 1 - Fraction(asked.rows_left, asked.rows)


def test_a_request_that_is_too_fine_is_refused_with_the_bound_that_stands_in_the_way():
    answer = weighed(asking(*FINE), base=strict())
    assert not answer.feasible
    assert whys(answer.asked) == {Why.NO_PLAN}
    assert dict(answer.asked.objections[0].facts)["bound"] == "k"


def test_a_loosening_that_is_offered_passes_when_it_is_asked_for_anew():
    answer = weighed(asking(*FINE), base=strict())
    assert answer.found.offers
    for offer in answer.found.offers:
        assert weighed(*loosened(FINE, (), strict(), offer.moves), least=100).feasible


def test_nothing_less_than_an_offered_loosening_passes():
    stands = ground(asking(*FINE), base=strict())
    for offer in find_loosenings(stands, 60).offers:
        for size in range(len(offer.moves)):
            for fewer in combinations(offer.moves, size):
                assert not try_moves(stands, fewer).passes


def test_the_mildest_level_that_passes_is_offered():
    stands = ground(asking(*FINE), base=strict())
    coarser = [one.moves[0] for one in find_loosenings(stands, 60).offers if isinstance(one.moves[0], Coarser)]
    assert coarser
    for one in coarser:
        if one.level > 1:
            assert not try_moves(stands, (replace(one, level=one.level - 1),)).passes


def test_loosenings_stand_in_the_order_of_what_they_cost():
    lost = [one.lost for one in weighed(asking(*FINE), base=strict()).found.offers]
    assert lost == sorted(lost)
    assert len(lost) > 1


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(
    people=st.integers(120, 400),
    level=st.integers(0, 1),
    k=st.integers(3, 15),
    limit=st.sampled_from([0, 2, 5]),
    loss=st.sampled_from(["", "acceptable_loss = 0.2"]),
)
def test_whatever_is_offered_passes_when_asked_for(people, level, k, limit, loss):
    made = town(people)
    base = replace(made.rules, k=k, suppression_limit=Fraction(limit, 100))
    items = (f'column = "年齢"\nlevel = {level}', *FINE[1:])
    where = ('column = "年齢"\nat_least = 20',)
    answer = weighed(asking(*items, where=where, more=loss), made, base, least=90, runs=30)
    for offer in answer.found.offers:
        request, _, loosened_base = loosened(items, where, base, offer.moves, loss)
        assert weighed(request, made, loosened_base, least=90).feasible


def loosened(items, where, base, moves, more=""):
    """Give the request and policy that a proposer and a municipality would write after the advice."""
    left = [*items]
    conditions = [*where]
    for one in moves:
        match one:
            case Coarser(column=column, level=level):
                left = [f'column = "{column}"\nlevel = {level}' if f'"{column}"' in item else item for item in left]
            case Drop(column=column):
                left = [item for item in left if f'"{column}"' not in item]
            case LeaveOut(share=share):
                base = replace(base, suppression_limit=share)
            case Widen(place=place):
                conditions[place - 1] = ""
    # what is given up counts as lost for the proposer, who knows that when asking for less
    more = more if not any(isinstance(one, Drop) for one in moves) else ""
    return asking(*left, where=tuple(one for one in conditions if one), more=more), None, base


def test_too_few_persons_are_no_release_and_a_wider_condition_helps():
    answer = weighed(asking(where=('column = "年齢"\nat_most = 5',)), least=300)
    assert whys(answer.asked) == {Why.FEW_PERSONS}
    assert [one.moves for one in answer.found.offers] == [(Widen(1, "年齢"),)]


def test_the_fewest_persons_of_the_proposer_count_too():
    assert whys(weighed(asking(persons="least = 601")).asked) == {Why.FEW_PERSONS}


def test_persons_who_remain_are_counted_again():
    base = replace(town().rules, k=31, suppression_limit=Fraction(9, 10))  # some of the groups of thirty are too small
    answer = weighed(asking('column = "年齢"\nlevel = 1', FINE[1]), base=base, least=600)
    assert 0 < answer.asked.persons_left < 600 == answer.asked.persons
    assert Why.FEW_PERSONS_LEFT in whys(answer.asked)


def test_a_condition_that_nobody_meets_is_said():
    assert whys(weighed(asking(where=('column = "要介護度"\nvalues = ["要介護5"]',))).asked) == {Why.NOBODY}


@pytest.mark.parametrize("name", ["氏名", "宛名番号"])
def test_what_is_not_offered_is_said_and_the_request_without_it_is_tried(name):
    answer = weighed(asking('column = "年齢"', 'column = "性別"', f'column = "{name}"'))
    assert [(one.why, one.fact("column")) for one in answer.asked.objections] == [(Why.NOT_OFFERED, name)]
    assert [one.moves for one in answer.found.offers] == [(Drop(name),)]


def test_more_lost_than_the_proposer_accepts_is_no_release():
    answer = weighed(asking(more="acceptable_loss = 0.0001"))
    assert whys(answer.asked) == {Why.TOO_MUCH_LOST}


def test_an_item_of_the_standard_that_is_not_met_names_the_column_and_dropping_it_is_offered():
    ages = [116 if one == 7 else one % 60 for one in range(600)]
    made = town().with_column("上の年齢", 'type = "integer"\nrole = "plain"', ages)
    answer = weighed(asking('column = "年齢"', 'column = "性別"', 'column = "上の年齢"'), made)
    assert {(one.fact("item"), one.fact("column")) for one in answer.asked.objections} == {(4, "上の年齢")}
    assert (Drop("上の年齢"),) in [one.moves for one in answer.found.offers]


def test_a_bound_on_a_sensitive_column_stands_in_the_way_and_is_named():
    base = replace(town().rules, bounds=(DistinctL("要介護度", 5),))
    answer = weighed(asking(), base=base)
    assert answer.asked.objections[0].fact("bound") == "distinct-l"
    assert (Drop("要介護度"),) in [one.moves for one in answer.found.offers]


def test_what_no_loosening_can_mend_is_told_by_its_reason():
    answer = weighed(asking(), base=replace(town().rules, bounds=(KMap(3),)))
    assert answer.asked.objections[0].fact("reason") == "deid.population-missing"
    assert (answer.found.offers, answer.found.whole) == ((), True)


def test_no_more_is_run_than_was_allowed():
    answer = weighed(asking(*FINE), base=strict(), runs=2)
    assert (answer.found.runs, answer.found.whole) == (2, False)


def test_a_stopped_search_offers_what_it_had_and_says_so():
    told = []
    stands = replace(ground(asking(*FINE), base=strict()), stop=lambda: len(told) >= 3)
    found = find_loosenings(stands, 60, told.append)
    assert (found.runs, found.whole) == (3, False)


def test_persons_are_those_of_the_subject_column():
    made = town()
    made.cells["宛名番号"] = [f"{30_000_000 + place // 2:08}" for place in range(600)]
    answer = weighed(asking(persons='subject = "宛名番号"'), made, least=300)
    assert (answer.in_file, answer.asked.persons, answer.asked.rows) == (300, 300, 600)


def test_a_bound_on_persons_is_kept_by_a_column_that_nobody_asked_for():
    made = town()
    made.cells["宛名番号"] = ["30000000", "30000001", "30000002", "30000003"] * 150
    base = replace(made.rules, bounds=(KSubjects(5),), exam=Exam(subject="宛名番号"))
    answer = weighed(asking(), made, base=base, least=1)
    assert dict(answer.asked.objections[0].facts)["bound"] == "k-subjects"


def test_the_answer_is_the_same_bytes_every_time_and_tells_no_value():
    marked = {place: 50_000_000 + place for place in range(600)}
    made = town().with_cells("所得", marked)
    answers = [weighed(asking(*FINE, 'column = "所得"'), made, strict(made)) for _ in range(2)]
    raw = write_feasibility(answers[0])
    assert raw == write_feasibility(answers[1])
    text = json.dumps(read_canonical(raw), ensure_ascii=False)
    assert "5000" not in text.replace("0.05000", "")
    assert not any(one in text for one in ("要支援", "非該当", "佐藤"))


def test_counts_in_the_answer_are_spans_of_k():
    told = read_canonical(write_feasibility(weighed(asking(where=('column = "年齢"\nat_most = 60',)))))
    for span in (*told["asked"]["persons"].values(), told["persons"]["in_file"]):
        assert (span["from"] % 5, span["to"] - span["from"]) == (0, 4)
