from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from esign.ceremony.about import About, about_record, keep_about
from esign.ceremony.domain.rules import CODE_LIFE
from esign.ceremony.message_words import KINDS, TEXTS
from esign.ceremony.messages import CODES, LIFETIMES, Composer, compose_message
from esign.ceremony.people import Locale, Person, encode_person
from esign.ceremony.reactions import MessageReaction
from esign.ceremony.tokens import TEST_CODE, Tokens
from esign.infra.columns import JsonValue
from esign.infra.database import Database
from esign.infra.errors import RecordError
from esign.infra.ids import new_id
from esign.infra.jobs import NoJobs
from esign.infra.keystore import create_key_store
from esign.infra.messages import MessageBox
from esign.infra.notifications import Address, Composed, NotificationError, OutboxChannel
from esign.infra.personal_records import PersonalRecords
from tests.databases import *  # noqa: F403

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
YU = Person("于文山", "+8613900010001", "11010119900101123X", "yu@example.com")
ANN = Person("Ann Li", "13900010002", locale="en")
ENVELOPE = new_id("env", NOON)
ABOUT = About("岁安终身寿险投保单", "澄岳人寿", {}, "0" * 64)
RECIPIENT = new_id("rcp", NOON)
LINK = f"https://sign.example.cn/s/{RECIPIENT}.{'x' * 27}"
FACTS = {"title": ABOUT.title, "company": ABOUT.company, "link": LINK, "code": "482913"}

every_kind = pytest.mark.parametrize("kind", sorted(KINDS))
every_locale = pytest.mark.parametrize("locale", sorted(TEXTS))


@dataclass
class Desk:
    """Records, tokens and an outbox on one database."""

    database: Database
    records: PersonalRecords
    tokens: Tokens
    box: MessageBox

    def keep(self, record_id: str, data: bytes) -> None:
        with self.database.transaction() as session:
            self.records.keep(session, record_id, "test", data, at=NOON)

    def erase(self, record_id: str) -> None:
        with self.database.transaction() as session:
            self.records.erase(session, record_id, at=NOON)

    def composed(
        self, kind: str, person: str = "per_1", *, envelope: str | None = ENVELOPE, **facts: JsonValue
    ) -> Composed | None:
        """Put a message and return it as the outbox shows it."""
        with self.database.transaction() as session:
            self.box.put(session, dedupe=kind, kind=kind, person=person, envelope=envelope, facts=facts, at=NOON)
        with self.database.reading() as session:
            [entry] = [entry for entry in self.box.outbox(session, person=person) if entry.kind == kind]
        return entry.composed


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    keys = create_key_store(tmp_path / "keys")
    records, tokens = PersonalRecords(keys), Tokens(keys)
    composer = Composer(records, tokens, "https://sign.example.cn/")
    box = MessageBox(database, OutboxChannel(), composer, NoJobs(), clock=lambda: NOON, lifetimes=LIFETIMES)
    desk = Desk(database, records, tokens, box)
    desk.keep("per_1", encode_person(YU))
    with database.transaction() as session:
        keep_about(records, session, ENVELOPE, ABOUT, at=NOON)
    return desk


def test_both_languages_say_the_same_kinds() -> None:
    assert {frozenset(texts.kinds) for texts in TEXTS.values()} == {KINDS}
    assert {"invitation", "code", "data-code", "reminder", "copy", "declined", "voided", "expired"} == KINDS


@every_kind
@every_locale
def test_a_message_names_the_insurer_first_and_nobody_else(kind: str, locale: Locale) -> None:
    words = compose_message(kind, locale, {**FACTS, "name": "于文山"})
    assert re.match(r"[【\[]澄岳人寿[】\]]", words.text)
    assert "于文山" not in words.text + words.subject
    assert "{" not in words.text + words.subject


@every_kind
def test_a_chinese_message_has_no_english_word(kind: str) -> None:
    words = compose_message(kind, "zh-CN", FACTS)
    assert not re.search("[A-Za-z]", words.subject + words.text.replace(LINK, ""))


@every_kind
@every_locale
def test_a_message_without_title_and_company_reads_neutrally(kind: str, locale: Locale) -> None:
    words = compose_message(kind, locale, {"link": LINK, "code": "482913"})
    assert TEXTS[locale].no_company in words.text
    assert kind in CODES or TEXTS[locale].no_title in words.text


@every_kind
@every_locale
def test_a_link_is_bounded_by_spaces(kind: str, locale: Locale) -> None:
    words = compose_message(kind, locale, FACTS)
    assert (f" {LINK} " in words.text) == (kind in {"invitation", "reminder", "copy"})


def test_a_code_says_how_long_it_lasts_and_that_nobody_asks_for_it() -> None:
    chinese, english = (compose_message("code", locale, FACTS).text for locale in ("zh-CN", "en"))
    assert "482913，5 分钟内有效" in chinese
    assert "澄岳人寿的任何人都不会向您要它" in chinese
    assert "482913, valid for 5 minutes" in english
    assert "Nobody from 澄岳人寿 will ever ask you for it" in english
    assert timedelta(minutes=5) == CODE_LIFE
    assert ABOUT.title not in chinese + english


def test_chinese_messages_keep_to_the_length_of_a_text_message() -> None:
    facts = {**FACTS, "title": "某某" * 50, "company": "澄岳人寿保险股份有限公司"}
    lengths = {kind: len(compose_message(kind, "zh-CN", facts).text) for kind in KINDS}
    assert lengths.pop("code") < 70
    assert max(lengths.values()) <= 145
    assert len(compose_message("invitation", "zh-CN", FACTS).text) < 140


def test_a_title_in_its_own_marks_is_not_marked_again() -> None:
    words = compose_message("expired", "zh-CN", {**FACTS, "title": "《岁安》投保单"})
    assert "】《岁安》投保单的签署" in words.text


def test_a_title_cannot_bring_a_fact_in() -> None:
    words = compose_message("expired", "zh-CN", {**FACTS, "title": "{code}{link}"})
    assert "《{code}{link}》" in words.text


def test_a_title_cannot_bring_a_line_of_its_own() -> None:
    words = compose_message("expired", "zh-CN", {**FACTS, "title": "岁安\n投保单\u202e"})
    assert "《岁安投保单》" in words.text


def test_the_box_is_one_that_reactions_put_into(desk: Desk) -> None:
    MessageReaction(desk.box)


@every_kind
def test_a_message_of_test_mode_says_so(kind: str) -> None:
    chinese = compose_message(kind, "zh-CN", {**FACTS, "test_mode": "true"})
    english = compose_message(kind, "en", {**FACTS, "test_mode": "true"})
    assert chinese.text.startswith("【测试】") and chinese.subject.startswith("【测试】")
    assert english.text.startswith("[TEST] ") and english.subject.startswith("[TEST] ")
    live = compose_message(kind, "zh-CN", {**FACTS, "test_mode": "false"})
    assert "测试" not in live.text + live.subject


@pytest.mark.parametrize(
    ("kind", "facts", "code"),
    [
        ("greeting", FACTS, "message-kind"),
        ("invitation", {"code": "482913"}, "message-facts"),
        ("code", {"link": LINK}, "message-facts"),
    ],
)
def test_a_message_without_words_or_facts_is_refused(kind: str, facts: Mapping[str, str], code: str) -> None:
    with pytest.raises(NotificationError) as caught:
        compose_message(kind, "zh-CN", facts)
    assert caught.value.code == code


def test_an_invitation_goes_to_the_person_with_the_link_of_the_recipient(desk: Desk) -> None:
    composed = desk.composed("invitation", recipient=RECIPIENT)
    assert composed is not None
    assert composed.to == Address("+8613900010001", "yu@example.com", "于文山")
    link = f"https://sign.example.cn/s/{desk.tokens.link(RECIPIENT, 'per_1')}"
    assert composed.words == compose_message("invitation", "zh-CN", {**FACTS, "link": link})


def test_a_code_goes_to_the_registered_phone_alone(desk: Desk) -> None:
    composed = desk.composed("code", recipient=RECIPIENT, code="cod_1")
    assert composed is not None
    assert composed.to.email is None
    assert desk.tokens.code("cod_1", test_mode=False) in composed.words.text
    assert "http" not in composed.words.text


@pytest.mark.parametrize("mark", [True, "true"])
def test_in_test_mode_the_code_is_the_fixed_one(desk: Desk, mark: JsonValue) -> None:
    composed = desk.composed("code", code="cod_1", test_mode=mark)
    assert composed is not None
    assert TEST_CODE in composed.words.text
    assert composed.words.text.startswith("【测试】")


def test_a_person_reads_the_language_of_their_own(desk: Desk) -> None:
    desk.keep("per_2", encode_person(ANN))
    composed = desk.composed("reminder", "per_2", recipient=RECIPIENT)
    assert composed is not None
    assert composed.to == Address("13900010002", None, "Ann Li")
    assert "Still waiting for your signature: “岁安终身寿险投保单”" in composed.words.text


def test_a_title_that_was_erased_or_is_not_there_is_replaced(desk: Desk) -> None:
    desk.erase(about_record(ENVELOPE))
    for kind, envelope in (("declined", ENVELOPE), ("voided", new_id("env", NOON)), ("expired", None)):
        composed = desk.composed(kind, envelope=envelope)
        assert composed is not None
        assert "一份文件" in composed.words.text
        assert composed.words.text.startswith("【保险公司】")


def test_nothing_is_composed_for_a_person_who_was_erased(desk: Desk) -> None:
    desk.erase("per_1")
    assert desk.composed("invitation", recipient=RECIPIENT) is None


def test_a_person_who_was_never_there_is_an_error(desk: Desk) -> None:
    with pytest.raises(RecordError):
        desk.composed("invitation", "per_9", recipient=RECIPIENT)


@pytest.mark.parametrize("kind", ["invitation", "code"])
def test_a_stored_message_without_its_ids_is_an_error(desk: Desk, kind: str) -> None:
    with pytest.raises(NotificationError) as caught:
        desk.composed(kind)
    assert caught.value.code == "message-facts"
