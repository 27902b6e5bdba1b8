"""A site that went the whole way, with a case on its way, one refused and one held."""

from functools import cache

from tests.journey.trial_site import TOWN, TrialSite

REFUSED, HELD, ON_ITS_WAY = (f"{TOWN}-00000{number}" for number in (2, 3, 4))


def made(folder):
    """Give back a site with four stories, its servers ended."""
    site = TrialSite(folder).init()
    try:
        site.start("receiving", "delivery", "recipient-riyou")
        bad = b"id,age,sex,income\np1,not-a-number,F,1\n"
        for raw in (None, bad, None, None):
            sealed = site.seal() if raw is None else site.seal_unlooked_at(raw)
            assert sealed.code == 0
        assert site.send().code == 0
        assert site.pull().code == 2
        for step in (site.work, site.seal_again, site.request):
            assert step().code == 0
        for person in ("shinsa", "anzen"):
            assert site.release("approve", person).code == 0
        assert site.release("hold", "anzen", case=HELD).code == 0
        assert site.push().code == 0
    finally:
        site.close()
    return site


def made_once(factory):
    """Give back one such site for all tests that do not disturb it."""
    return _made_in(factory.getbasetemp() / "audited")


@cache
def _made_in(folder):
    folder.mkdir()
    return made(folder)
