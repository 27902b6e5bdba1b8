"""A permitted parcel arrives once, whoever dies on the way and however often it is asked for."""

import os
import signal
import threading
from contextlib import suppress

import pytest

from sekisho.errors import Reason, SekishoError, Unavailable
from sekisho.ledger.proof import read_proof
from tests.journey.outgoing import ROLE, Outgoing, child_of, is_alive, wait_for
from tests.journey.trial_site import TrialSite

DELIVERED = ["Admitted", "Delivered", "Acknowledged"]
LARGE = 40 * 1024 * 1024


@pytest.fixture(scope="module")
def outgoing(tmp_path_factory):
    site = TrialSite(tmp_path_factory.mktemp("once")).init()
    site.start("delivery", ROLE)
    yield Outgoing(site)
    site.close()


@pytest.fixture(scope="module")
def large(outgoing):
    return os.urandom(LARGE)


def arrived(outgoing, case, made):
    """Check that the recipient has the parcel whole, and that delivery no longer has it."""
    assert (outgoing.inbox / case / f"{case}.parcel").read_bytes() == made.raw
    wait_for(lambda: not list(outgoing.shelf.rglob("parcel")), "the parcel still lies on delivery's shelf")
    assert [path.name for path in outgoing.shelf.rglob("*.part")] == []


@pytest.mark.requirement("F14", "B04")
def test_the_same_parcel_handed_over_again_gets_the_same_admission_and_goes_out_once(outgoing):
    case, made = "132993-000001", outgoing.parcel(1)
    permit = outgoing.permit(case, made)
    opening = outgoing.opening(case, made, permit)
    first = read_proof(outgoing.push(opening, made))
    assert outgoing.ended(case) == DELIVERED
    again = read_proof(outgoing.push(opening, made))
    assert (again.line, again.index) == (first.line, first.index)
    assert outgoing.events(case) == DELIVERED
    arrived(outgoing, case, made)


def refused(push):
    with pytest.raises(SekishoError) as caught:
        push()
    return caught.value.reason


@pytest.mark.requirement("B13")
def test_a_used_permit_lets_no_other_parcel_out_and_a_parcel_goes_under_one_permit_only(outgoing):
    case, made, other = "132993-000002", outgoing.parcel(2), outgoing.parcel(3)
    permit = outgoing.hand_over(case, made)
    assert outgoing.ended(case) == DELIVERED
    assert len(other.raw) == len(made.raw)
    assert refused(lambda: outgoing.push(outgoing.opening(case, other, permit), other)) is Reason.PERMIT_USED
    fresh = outgoing.permit(case, made)
    assert refused(lambda: outgoing.push(outgoing.opening(case, made, fresh), made)) is Reason.PERMIT_USED
    assert outgoing.events(case) == [*DELIVERED, "TurnedBack", "TurnedBack"]
    arrived(outgoing, case, made)


@pytest.mark.requirement("F14")
def test_a_parcel_waits_for_a_recipient_that_is_down_and_arrives_when_it_is_up(outgoing):
    outgoing.site.stop(ROLE)
    case, made = "132993-000004", outgoing.parcel(4)
    outgoing.hand_over(case, made)
    assert outgoing.events(case) == ["Admitted"]
    assert list(outgoing.shelf.rglob("parcel")) != []
    outgoing.site.start(ROLE)
    assert outgoing.ended(case) == DELIVERED
    arrived(outgoing, case, made)


@pytest.mark.requirement("F14")
def test_a_deliverer_that_was_killed_is_started_again_and_delivers(outgoing):
    deliverer = child_of(outgoing.site.servers["delivery"])
    os.kill(deliverer, signal.SIGKILL)
    case, made = "132993-000005", outgoing.parcel(5)
    outgoing.hand_over(case, made)
    assert outgoing.ended(case) == DELIVERED
    assert child_of(outgoing.site.servers["delivery"]) != deliverer
    arrived(outgoing, case, made)


@pytest.mark.requirement("F14")
def test_a_recipient_killed_while_it_receives_goes_on_where_it_was(outgoing, large):
    case, made = "132993-000006", outgoing.parcel(6, large)
    permit = outgoing.permit(case, made)
    opening = outgoing.opening(case, made, permit)
    parts = outgoing.site.home(ROLE) / "parts"

    def half():
        return next((one.stat().st_size for one in parts.glob("*.part") if one.stat().st_size > LARGE // 4), 0)

    pushed = threading.Thread(target=outgoing.push, args=(opening, made))
    pushed.start()
    reached = wait_for(half, "the upload did not begin")
    outgoing.site.stop(ROLE, signal.SIGKILL)
    pushed.join()
    assert half() >= reached
    assert outgoing.events(case) == ["Admitted"]
    outgoing.site.start(ROLE)
    assert half() >= reached or outgoing.events(case) != ["Admitted"]
    assert outgoing.ended(case) == DELIVERED
    arrived(outgoing, case, made)


@pytest.mark.requirement("F14")
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99, 1.0])
def test_delivery_killed_while_it_takes_in_or_pushes_delivers_once_after_it_is_started_again(outgoing, large, share):
    number = 10 + int(share * 10)
    case, made = f"132993-0000{number}", outgoing.parcel(number, large)
    opening = outgoing.opening(case, made, outgoing.permit(case, made))
    parts = outgoing.site.home("delivery") / "parts"
    reach = int(share * len(made.raw))

    def there():
        sizes = [one.stat().st_size for one in parts.glob("*.part")]
        return any(size >= max(reach, 1) for size in sizes) or "Admitted" in outgoing.events(case)

    def push():
        while not outgoing.events(case)[:1]:
            with suppress(Unavailable):  # the test starts delivery again meanwhile
                outgoing.push(opening, made)

    pushed = threading.Thread(target=push)
    pushed.start()
    wait_for(there, "the upload did not begin")
    deliverer = child_of(outgoing.site.servers["delivery"])
    outgoing.site.stop("delivery", signal.SIGKILL)
    wait_for(lambda: not is_alive(deliverer), "the deliverer outlived its intake", 5)
    outgoing.site.start("delivery")
    pushed.join()
    assert outgoing.ended(case) == DELIVERED
    arrived(outgoing, case, made)
    assert [path.name for path in parts.iterdir() if path.suffix == ".part"] == []


def test_after_all_of_it_delivery_still_has_one_whole_ledger(outgoing):
    told = outgoing.site.run("audit", "run", outgoing.site.site, "--zone", "delivery")
    assert told.code == 0, told.out
