"""Every word of the pages of claims staff is there in both languages; every state, act, event and tool has one."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from claims.api.codes import CODES
from claims.domain.events import EVENTS
from claims.domain.table import TABLE, Actor
from claims.domain.values import ClaimState, Lane, PaymentState, SurveyWay
from claims.loss_report import CAUSES
from claims.pages import words as w
from claims.pages.story_words import HAPPENED
from claims.tools.forms import FORMS
from claims.tools.tool import USERS, Tool
from esign.web.words import english_messages

CLAIMS = Path(__file__).parents[4] / "claims"
HAN = re.compile(r"[㐀-鿿]")
PLACES = re.compile(r"%\([a-z]+\)s|\{[a-z]+\}")


@cache
def said() -> frozenset[str]:
    """Return what pages, tools and templates say."""
    found = extract_from_dir(
        CLAIMS,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")],
        keywords={"_": None, "N_": None, "say": None},
    )
    return frozenset(message for _, _, message, _, _ in found if isinstance(message, str))


@cache
def own() -> dict[str, str]:
    """Return what the room's catalogues have."""
    entries = [
        entry
        for file in (CLAIMS / "data" / "en").iterdir()
        for entry in read_po(BytesIO(file.read_bytes()), locale="en")
    ]
    return {str(entry.id): str(entry.string) for entry in entries if entry.id}


def test_every_message_has_an_english_one_and_none_is_left_over() -> None:
    assert said() - own().keys() - english_messages().keys() == set()
    assert own().keys() - said() == set()


def test_english_is_english_with_the_same_places_to_fill_in() -> None:
    for chinese, english in own().items():
        assert english, chinese
        assert not HAN.search(english), english
        assert sorted(PLACES.findall(english)) == sorted(PLACES.findall(chinese)), chinese


def test_templates_and_modules_have_no_word_outside_of_the_catalogue() -> None:
    outside = []
    for path in sorted((CLAIMS / "templates").glob("*.html")):
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        outside += [(path.name, found) for found in re.findall(r"[㐀-鿿]+", bare)]
    assert outside == []
    assert [path.name for path in (CLAIMS / "static").glob("*.js") if HAN.search(path.read_text("utf-8"))] == []


def test_every_state_lane_act_event_and_tool_has_words() -> None:
    assert set(w.STATES) == {one.value for one in ClaimState}
    assert set(w.LANES) == {one.value for one in Lane}
    assert set(w.ACTORS) == {one.value for one in Actor}
    assert {row.act for row in TABLE.values()} <= set(w.ACTS)
    assert set(w.CAUSES) == set(CAUSES)
    assert set(w.SURVEY_WAYS) == {one.value for one in SurveyWay}
    assert set(w.PAYMENTS) == {one.value for one in PaymentState}
    assert set(w.TOOLS) == set(USERS) == set(Tool)
    assert set(HAPPENED) >= {one.type.name for one in EVENTS}
    assert set(FORMS) <= set(Tool)


def test_what_pages_refuse_has_a_code_and_words() -> None:
    for code in ("claim-not-yours", "claim-not-allowed", "form-unclear", "survey-changed"):
        assert code in CODES.words
