"""Every word of the rooms' pages is there in both languages, and each has the same places to fill in."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from esign.web.words import english_messages, words_in

ROOT = Path(__file__).parents[3]
ROOMS = ("policy", "delivery", "claims")
HAN = re.compile(r"[㐀-鿿]")
PLACES = re.compile(r"%\([a-z]+\)s|\{[a-z]+\}")
of_each_room = pytest.mark.parametrize("room", ROOMS)


@cache
def said(room: str) -> frozenset[str]:
    """Return what pages and templates say."""
    found = extract_from_dir(
        ROOT / room,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")],
        keywords={"_": None, "N_": None, "say": None},
    )
    return frozenset(message for _, _, message, _, _ in found if isinstance(message, str))


@cache
def own(room: str) -> dict[str, str]:
    """Return what the room's catalogues have."""
    entries = [
        entry
        for file in (ROOT / room / "data" / "en").iterdir()
        for entry in read_po(BytesIO(file.read_bytes()), locale="en")
    ]
    return {str(entry.id): str(entry.string) for entry in entries if entry.id}


@of_each_room
def test_every_message_has_an_english_one_and_none_is_left_over(room: str) -> None:
    assert said(room) - own(room).keys() - english_messages().keys() == set()
    assert own(room).keys() - said(room) == set()


@of_each_room
def test_english_is_english_with_the_same_places_to_fill_in(room: str) -> None:
    for chinese, english in own(room).items():
        assert english, chinese
        assert not HAN.search(english), english
        assert sorted(PLACES.findall(english)) == sorted(PLACES.findall(chinese)), chinese


@of_each_room
def test_templates_and_modules_have_no_word_outside_of_the_catalogue(room: str) -> None:
    outside = []
    for path in sorted((ROOT / room / "templates").glob("*.html")):
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        outside += [(path.name, found) for found in re.findall(r"[㐀-鿿]+", bare)]
    assert outside == []
    assert [path.name for path in (ROOT / room / "static").glob("*.js") if HAN.search(path.read_text("utf-8"))] == []


def test_all_rooms_say_the_same_in_english() -> None:
    assert words_in("en", ROOMS).say("理赔看板") == "Claims board"
