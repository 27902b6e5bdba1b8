"""The search of a policy's mode is asked."""

from sekisho.deid.policy import Mode, Star
from sekisho.deid.search.answer import Answer
from sekisho.deid.search.cells.answering import answer_cells
from sekisho.deid.search.full_domain.answering import answer_global
from sekisho.deid.search.local.answering import answer_local
from sekisho.deid.search.question import Posed, Watch


def find_answer(posed: Posed, watch: Watch) -> Answer:
    """Give back the best recoding of the policy's mode; refuses with NO_PLAN, naming the bound that stands in the way."""
    match posed.policy.mode, posed.policy.star:
        case Mode.GLOBAL, _:
            return answer_global(posed, watch)
        case Mode.CELLS, Star.ANYTHING:
            return answer_cells(posed, watch)
        case _:
            return answer_local(posed, watch)
