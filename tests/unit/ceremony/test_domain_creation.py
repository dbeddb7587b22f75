"""Which envelopes can be created."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign.ceremony import roles
from esign.ceremony.domain import Refusal, decide
from esign.ceremony.domain import commands as c
from esign.ceremony.domain.values import EnvelopeState, PromisedLevel, RecipientRole, RecipientState
from esign.pades.level import Level
from tests.unit.ceremony.domain_envelopes import (
    EXPIRY,
    SETTINGS,
    START,
    Play,
    copy,
    creation,
    document,
    names,
    signer,
)


def refused(command: c.Command) -> str:
    with pytest.raises(Refusal) as caught:
        decide(None, command)
    return caught.value.code


def test_an_envelope_begins_as_a_draft_in_which_nobody_was_invited() -> None:
    play = Play()
    assert play.state.state is EnvelopeState.DRAFT
    assert {one.state for one in play.state.recipients} == {RecipientState.PENDING}
    assert [one.current for one in play.state.documents] == [document().prepared]


def test_the_same_creation_again_changes_nothing_even_after_the_envelope_has_moved_on() -> None:
    play = Play().send()
    play.give(c.ReplaceRecipient)
    assert play.do(replace(creation(), at=play.now)) == ()


def test_another_envelope_under_the_same_id_is_refused() -> None:
    play = Play()
    others = (
        creation(signer("one")),
        creation(minimum_reading_seconds=5),
        replace(creation(), client="key_stranger"),
        replace(creation(), envelope="env_2"),
    )
    for other in others:
        with pytest.raises(Refusal) as caught:
            play.do(other)
        assert caught.value.code == "already-created"


@pytest.mark.parametrize(
    ("recipients", "changes", "code"),
    [
        ((signer("one"),), {"documents": ()}, "plan-documents"),
        ((signer("one"),), {"documents": (document(), document())}, "plan-documents"),
        ((signer("one"),), {"documents": (document(), document("doc_unsigned"))}, "plan-documents"),
        ((signer("one"),), {"documents": (replace(document(), pages=2001),)}, "plan-documents"),
        ((signer("one", of="doc_x"), signer("two")), {}, "plan-fields"),
        ((signer("one"), signer("one")), {}, "plan-recipients"),
        ((signer("one"), replace(signer("two"), field="field-one")), {}, "plan-fields"),
        ((replace(signer("one"), field=None),), {}, "plan-fields"),
        ((signer("one"), replace(copy(), document="doc_a")), {}, "plan-fields"),
        ((signer("one"), replace(copy(), field="field-copy")), {}, "plan-fields"),
        ((replace(copy(), document="doc_a"),), {}, "plan-recipients"),
        (tuple(signer(f"n{n}") for n in range(51)), {}, "plan-recipients"),
        ((), {"identity_levels": ()}, "plan-settings"),
        ((), {"identity_levels": ("two-factor", "two-factor")}, "plan-settings"),
        ((), {"consents": SETTINGS.consents * 2}, "plan-settings"),
        ((), {"minimum_reading_seconds": 61}, "plan-settings"),
        ((), {"photo_roles": (RecipientRole.COPY,)}, "plan-settings"),
        ((), {"expires_at": START}, "plan-expiry"),
        ((), {"external_id": "张三的保单"}, "malformed-command"),
        ((replace(signer("one"), group=0),), {}, "malformed-command"),
        ((replace(signer("one"), group=True),), {}, "malformed-command"),
        ((replace(signer("one"), person="张三"),), {}, "malformed-command"),
    ],
)
def test_a_plan_that_could_never_be_completed_is_refused(
    recipients: tuple[Any, ...], changes: dict[str, Any], code: str
) -> None:
    assert refused(creation(*recipients, **changes)) == code


def test_two_recipients_may_use_the_same_field_name_in_two_documents() -> None:
    one, two = signer("one"), replace(signer("two", of="doc_b"), field="field-one")
    events = decide(None, creation(one, two, documents=(document("doc_a"), document("doc_b"))))
    assert names(events) == ("envelope.created",)


def test_what_is_wrong_with_a_plan_is_named() -> None:
    with pytest.raises(Refusal) as caught:
        decide(None, creation(minimum_reading_seconds=61, identity_levels=()))
    assert caught.value.about == ("identity-levels", "minimum-reading-seconds")


def test_a_draft_is_not_sent_after_its_expiry() -> None:
    assert Play().refused(c.SendEnvelope, at=EXPIRY) == "envelope-expired"


def test_the_roles_that_sign_are_those_that_have_a_place_on_the_page() -> None:
    assert {role.value for role in RecipientRole} == {role.value for role in roles.Role} | {"copy"}


def test_the_levels_that_can_be_promised_are_those_of_the_signing_core_from_b_t_up() -> None:
    assert [level.value for level in PromisedLevel] == [level.value for level in sorted(Level) if level >= Level.B_T]
    for reached in PromisedLevel:
        for promised in PromisedLevel:
            assert reached.reaches(promised) is (Level(reached.value) >= Level(promised.value))
