import pytest

from sekisho.deid.schema import Role
from sekisho.pages.words import Language, words_in


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", Role)
def test_a_report_can_say_every_role_that_a_column_may_have(language, role):
    words = words_in(language)
    assert words.say(f"report.role.{role.value}")
    assert words.say(f"report.role.{role.value}_says")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", [Role.IDENTIFIER, Role.STRIPPED])
def test_a_report_can_say_why_a_column_was_deleted_that_always_is(language, role):
    words = words_in(language)
    assert words.say(f"report.done.delete_{role.value}") != words.say("report.done.delete")
