"""Every word of the room's pages is there in both languages, and each has the same places to fill in."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from claims.board.giving import REASONS
from claims.board.steps import STEP_OF
from claims.domain import Actor
from claims.domain.values import ClaimState, Lane
from claims.pages.board_words import BOARD_ACTORS, BOARD_ACTS, BOARD_STATES, GIVING_REASONS, LANES
from esign.web.words import english_messages, words_in
from tests.unit.claims.domain.test_claim_machine import ACTS

CLAIMS = Path(__file__).parents[4] / "claims"
HAN = re.compile(r"[㐀-鿿]")
PLACES = re.compile(r"%\([a-z]+\)s|\{[a-z]+\}")


@cache
def said() -> frozenset[str]:
    """Return what pages and templates say."""
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


def test_all_rooms_say_the_same_in_english() -> None:
    assert words_in("en", ("policy", "delivery", "claims")).say("理赔看板") == "Claims board"


def test_english_is_english_with_the_same_places_to_fill_in() -> None:
    for chinese, english in own().items():
        assert english, chinese
        assert not HAN.search(english), english
        assert sorted(PLACES.findall(english)) == sorted(PLACES.findall(chinese)), chinese


def test_templates_have_no_word_outside_of_the_catalogue() -> None:
    outside = []
    for path in sorted((CLAIMS / "templates").glob("*.html")):
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        outside += [(path.name, found) for found in re.findall(r"[㐀-鿿]+", bare)]
    assert outside == []


def test_every_state_step_lane_and_act_has_words() -> None:
    assert set(BOARD_STATES) == set(ClaimState) == set(STEP_OF)
    assert set(LANES) == set(Lane)
    assert set(BOARD_ACTORS) == set(Actor)
    assert set(BOARD_ACTS) == set(ACTS)
    assert set(GIVING_REASONS) == set(REASONS)
