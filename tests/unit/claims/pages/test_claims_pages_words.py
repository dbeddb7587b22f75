"""The pages of a claim have words for every event, cause, way and tool; what they refuse has a code."""

from __future__ import annotations

from claims.api.codes import CODES
from claims.domain.events import EVENTS
from claims.domain.values import ClaimState, PaymentState, SurveyWay
from claims.loss_report import CAUSES
from claims.pages import words as w
from claims.pages.story_words import HAPPENED
from claims.tools.forms import FORMS
from claims.tools.tool import USERS, Tool


def test_every_event_cause_way_and_tool_has_words() -> None:
    assert set(HAPPENED) == {one.type.name for one in EVENTS}
    assert set(w.STATES) == {one.value for one in ClaimState}
    assert set(w.CAUSES) == set(CAUSES)
    assert set(w.SURVEY_WAYS) == {one.value for one in SurveyWay}
    assert set(w.PAYMENTS) == {one.value for one in PaymentState}
    assert set(w.TOOLS) == set(USERS) == set(Tool)
    assert set(FORMS) <= set(Tool)


def test_what_pages_refuse_has_a_code_and_words() -> None:
    for code in ("claim-not-yours", "claim-not-allowed", "form-unclear", "survey-changed"):
        assert code in CODES.words
