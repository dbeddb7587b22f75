"""Every word of the pages is there in both languages, and each page speaks one of them."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir

from esign.web.troubles import TROUBLES
from esign.web.words import english_messages, words_in

WEB = Path(__file__).parents[3] / "esign" / "web"
HAN = re.compile(r"[㐀-鿿]")
PLACES = re.compile(r"%\([a-z]+\)s|\{[a-z]+\}")


def messages() -> set[str]:
    """Return what code and templates say."""
    found = extract_from_dir(
        WEB,
        method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")],
        keywords={"_": None, "N_": None, "say": None},
    )
    return {message for _file, _line, message, _comments, _context in found if isinstance(message, str)}


def test_every_message_has_an_english_one_and_none_is_left_over() -> None:
    said, known = messages(), english_messages()
    assert len(said) > 250
    assert said - set(known) == set()
    assert set(known) - said == set()


def test_english_is_english_with_the_same_places_to_fill_in() -> None:
    for chinese, english in english_messages().items():
        assert english, chinese
        assert not HAN.search(english), english
        assert sorted(PLACES.findall(english)) == sorted(PLACES.findall(chinese)), chinese


def test_templates_have_no_word_outside_of_the_catalogue() -> None:
    outside = []
    for path in sorted(WEB.glob("**/templates/*.html")):
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        outside += [(path.name, found) for found in re.findall(r"[㐀-鿿]+", bare) if found not in {"中文", "签", "讫"}]
    assert outside == []


def test_modules_have_no_word_at_all() -> None:
    assert [path.name for path in (WEB / "static").glob("*.js") if HAN.search(path.read_text("utf-8"))] == []


def test_a_trouble_says_cause_cure_and_what_is_kept() -> None:
    for code, trouble in TROUBLES.items():
        for words in (words_in("zh-CN"), words_in("en")):
            told = [words.say(part) for part in (trouble.title, trouble.cause, trouble.cure, trouble.safe)]
            assert all(told), code
            assert not re.search(r"失败|非法|无效", "".join(told)), code
            assert "-" not in code or code not in "".join(told)
        assert bool(trouble.button) == (trouble.way.value != "nowhere"), code
