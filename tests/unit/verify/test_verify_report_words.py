"""Every sentence, code and label of a report is said in both languages, and names from a file are made harmless."""

from __future__ import annotations

import re

import pytest
from said_in_code import EVIDENCE_SENTENCES, NOT_SAID, REPORTS, codes, sentences, verifier_files

from esign.verify.report import ChangesAfter, Conclusion, Severity
from esign.verify.reports.code_words import FINDINGS, STATES, VERDICTS, advice, knows, table
from esign.verify.reports.harmless import harmless
from esign.verify.reports.language import CHINESE, ENGLISH, LABELS, LANGUAGES, SENTENCES, chinese
from esign.verify.reports.sentences import chinese_sentences, said_in

PLACE = re.compile(r"\{(\w+)")
NOT_SAID_IN_CHINESE = {
    "{0} {1} different than when this signature was made, and no change that the signature permits explains it.": {"1"},
}
"""Values that are grammar: `look` or `looks`."""
HAN = re.compile(r"[\u4e00-\u9fff]")
LABEL = re.compile(r"""(?:_|labels\.say)\(\s*"((?:[^"\\]|\\.)*)\"""")


def test_every_sentence_of_the_verifier_has_its_chinese() -> None:
    said = {text for path in (*verifier_files(), *EVIDENCE_SENTENCES) for text in sentences(path)}
    assert len(said) > 150
    missing = sorted(said - chinese(SENTENCES).keys() - NOT_SAID)
    assert missing == [], "translate them in esign/verify/reports/data/zh-CN/sentences.po"


def test_what_is_not_said_is_still_in_the_code() -> None:
    said = {text for path in (*verifier_files(), *EVIDENCE_SENTENCES) for text in sentences(path)}
    assert sorted(NOT_SAID - said) == []


@pytest.mark.parametrize("catalogue", [SENTENCES, LABELS])
def test_a_translation_is_chinese_and_has_the_values_of_its_message(catalogue: str) -> None:
    for english, said in chinese(catalogue).items():
        spared = NOT_SAID_IN_CHINESE.get(english, set())
        assert set(PLACE.findall(english)) - spared == set(PLACE.findall(said)), english
        assert HAN.search(said) or not re.search(r"[a-z]{2}", PLACE.sub("", english)), english


def test_every_code_of_a_finding_and_every_sub_indication_has_words() -> None:
    found = {code for path in verifier_files() for code in codes(path)}
    found |= {f"{kind}-{state}" for kind in ("signature", "timestamp") for state in ("broken", "unverifiable")}
    found = {code for code in found if "{" not in code}
    assert len(found) > 50
    assert sorted(code for code in found if not knows(code)) == [], "add them to data/findings.toml"


def test_every_code_leads_to_advice_and_says_both_languages() -> None:
    for code, words in table(FINDINGS).items():
        assert advice(ENGLISH, words["next"]) is not None
        assert {*words["title"], *words["meaning"]} == set(LANGUAGES), code
    for language in LANGUAGES:
        assert all(len(steps[language]) == len(steps[ENGLISH]) for steps in table(VERDICTS)["advice"].values())


def test_every_state_has_a_name_in_both_languages() -> None:
    states = table(STATES)
    assert set(states["conclusion"]) == {*map(str, Conclusion), "UNREADABLE"}
    assert set(states["changes_after"]) == set(map(str, ChangesAfter))
    assert set(states["severity"]) == set(map(str, Severity))
    assert all(set(name) == set(LANGUAGES) for kind in states.values() for name in kind.values())


def test_the_labels_of_code_and_templates_are_those_of_the_catalogue() -> None:
    sources = [path for kind in ("*.py", "*.html", "*.typ") for path in sorted(REPORTS.rglob(kind))]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    used = {english.replace('\\"', '"') for english in LABEL.findall(text)}
    assert sorted(used - chinese(LABELS).keys()) == []
    assert sorted(english for english in chinese(LABELS) if f'"{english}"' not in text) == []


def test_a_sentence_is_found_again_with_its_reason() -> None:
    said = chinese_sentences().say("The document timestamp is broken: the signed bytes were changed after signing.")
    assert said == "这个文件时间戳已经损坏：签过的内容在签署之后被改动过。"


def test_a_name_out_of_the_file_is_never_translated() -> None:
    said = chinese_sentences().say("Several fields show this one signature: photo, signature.")
    assert said == "有几个签名域显示的是同一个签名：photo, signature。"


def test_a_sentence_without_chinese_is_told_as_it_is_and_said_to_be_english() -> None:
    assert said_in(CHINESE, "Nobody has translated \u202ethis.") == "（英文原文）Nobody has translated ‹U+202E›this."
    assert said_in(ENGLISH, "Nobody has translated this.") == "Nobody has translated this."


def test_a_reason_that_repeats_a_template_without_end_is_told_all_the_same() -> None:
    endless = "The file cannot be judged: " * 200 + "."
    assert said_in(CHINESE, endless).startswith("（英文原文）")
    assert said_in(CHINESE, "The file cannot be judged: " * 20 + ".").startswith("无法核验这个文件：")


HOSTILE = {
    "moc.evil\u202egpj.exe": "moc.evil‹U+202E›gpj.exe",
    "a\x00b\x1b[2Jc": "a‹U+0000›b‹U+001B›[2Jc",
    "pay\u200bpal\ufeff": "pay‹U+200B›pal‹U+FEFF›",
    "two\u2028lines\nthree": "two‹U+2028›lines‹U+000A›three",
    "\ud800 alone": "‹U+D800› alone",
    "em\u2003space": "em space",
    "z\u0301\u0302\u0303\u0304\u0305algo": "z\u0301\u0302\u0303algo",
    "hangul\u3164filler": "hangul‹U+3164›filler",
    "于文山 𠮷": "于文山 𠮷",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_character_that_is_not_seen_is_written_out(text: str) -> None:
    assert harmless(text) == HOSTILE[text]


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    assert harmless("长" * 400) == "长" * 300 + "…"
