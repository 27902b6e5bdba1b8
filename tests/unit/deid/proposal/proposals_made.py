"""A made town as it is judged, requests about it, and their answers."""

from sekisho.deid.policy import Policy
from sekisho.deid.proposal.answer import Feasibility, weigh_request
from sekisho.deid.proposal.request import Request
from sekisho.deid.proposal.trial import Ground
from sekisho.deid.proposal.written import read_request
from tests.unit.deid.standard.deid_judged import ENTROPY, TODAY, Town, default_dictionary, town

HEAD = """
format = "sekisho-request-v1"
dataset = "町"
purpose = "研究"
{more}
proposer = {{ id = "aozora", name = "あおぞら" }}
period = {{ begins = 2026-04-01, ends = 2028-03-31 }}
"""
USUAL = ('column = "年齢"\nlevel = 2', 'column = "性別"', 'column = "要介護度"')
__all__ = ["TODAY", "Town", "asking", "ground", "town", "weighed"]


def asking(*items: str, where: tuple[str, ...] = (), more: str = "", persons: str = "") -> Request:
    """Give the request for these items; each condition and item is the body of its table."""
    conditions = "".join(f"[[persons.where]]\n{one}\n" for one in where)
    body = "".join(f"[[item]]\n{one}\n" for one in items or USUAL)
    return read_request(f"{HEAD.format(more=more)}\n[persons]\n{persons}\n{conditions}{body}".encode())


def ground(request: Request, made: Town | None = None, base: Policy | None = None, least: int = 100) -> Ground:
    stands = made or town()
    return Ground(
        table=stands.table,
        schema=stands.schema,
        base=base or stands.rules,
        request=request,
        dictionary=default_dictionary(),
        on=TODAY,
        entropy=ENTROPY,
        least=least,
    )


def weighed(
    request: Request, made: Town | None = None, base: Policy | None = None, least: int = 100, runs: int = 60
) -> Feasibility:
    return weigh_request(ground(request, made, base, least), runs)
