"""Order, and every change of mind: who is invited when, declining, voiding, expiry, reminders, other people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from esign.ceremony.domain import Actor, Due, Move, deadlines, next_actor
from esign.ceremony.domain import commands as c
from esign.ceremony.domain.values import EnvelopeState, RecipientState
from tests.unit.ceremony.domain_envelopes import (
    EXPIRY,
    Play,
    copy,
    digest,
    in_envelope_state,
    in_recipient_state,
    names,
    signer,
)

S = RecipientState


def states(play: Play) -> dict[str, str]:
    return {one.id.removeprefix("rcp_"): one.state.value for one in play.state.recipients}


def with_photo(**changes: object) -> Play:
    """Return an envelope whose only signer has confirmed with a photo of which the salesperson must speak."""
    return Play(signer("one"), **changes).send().to(S.CONFIRMED)


# order


def test_groups_take_their_turn_and_people_of_a_group_sign_side_by_side() -> None:
    play = Play(signer("late", 7), signer("one", 2), signer("two", 2), copy()).send()
    assert states(play) == {"late": "pending", "one": "sent", "two": "sent", "copy": "pending"}
    play.to(S.SIGNED, "rcp_two")
    assert states(play)["late"] == "pending"
    play.to(S.SIGNED, "rcp_one")
    assert states(play) == {"late": "sent", "one": "signed", "two": "signed", "copy": "pending"}


def test_a_copy_recipient_receives_the_sealed_document_and_takes_no_step() -> None:
    play = Play(signer("one"), copy()).send()
    assert play.refused(c.RecordOpened, "rcp_copy") == "copy-never-signs"
    play.sign_all().complete()
    assert states(play)["copy"] == "sent"


def test_a_recipient_that_does_not_exist_is_refused() -> None:
    assert Play().send().refused(c.RecordOpened, "rcp_stranger") == "no-recipient"


# ends


def test_one_who_declines_ends_the_envelope_with_a_reason() -> None:
    play = in_recipient_state(S.READ)
    play.give(c.Decline, reason="too-expensive", note="rec_words")
    assert play.state.state is EnvelopeState.DECLINED
    assert play.state.ending is not None
    assert (play.state.ending.reason, play.state.ending.by) == ("too-expensive", "rcp_one")
    assert play.give(c.Decline, reason="second-thought") == ()


def test_an_envelope_expires_at_its_time_and_not_before() -> None:
    play = Play().send()
    assert play.refused(c.Expire, at=EXPIRY - timedelta(microseconds=1)) == "not-yet-expired"
    play.give(c.Expire, at=EXPIRY)
    assert states(play) == {"one": "expired", "two": "expired", "copy": "pending"}


def test_who_has_signed_stays_signed_when_the_envelope_expires_for_another() -> None:
    play = Play().send().to(S.SIGNED)
    play.give(c.Expire)
    assert states(play)["one"] == "signed"
    assert states(play)["two"] == "expired"


def test_an_envelope_expires_while_a_later_group_has_not_been_invited() -> None:
    play = Play(signer("one"), signer("two", 2)).send().to(S.CONFIRMED)
    assert names(play.give(c.Expire)) == ("envelope.expired",)


@pytest.mark.parametrize(
    "state", [EnvelopeState.DRAFT, EnvelopeState.IN_PROGRESS, EnvelopeState.SEALING, EnvelopeState.SEAL_FAILED]
)
def test_what_has_not_ended_can_be_voided_with_a_reason(state: EnvelopeState) -> None:
    play = in_envelope_state(state)
    play.give(c.Void, reason="entered-by-mistake")
    assert play.state.ending is not None
    assert play.state.ending.reason == "entered-by-mistake"


# the salesperson's word about a face


def test_a_face_that_is_not_the_customers_stops_the_envelope_with_a_reason() -> None:
    play = with_photo()
    events = play.give(c.StateFace, is_customer=False)
    assert names(events) == ("recipient.face-stated", "envelope.voided")
    assert play.state.ending is not None
    assert play.state.ending.reason == "face-not-the-customers"
    assert play.give(c.StateFace, is_customer=False) == ()


def test_a_face_can_still_be_disowned_after_it_was_owned_and_while_the_seal_is_made() -> None:
    play = with_photo(face_statement=True)
    play.give(c.StateFace)
    assert names(play.give(c.RecordSignature)) == ("recipient.signed", "envelope.signed")
    play.give(c.StateFace, is_customer=False)
    assert play.state.state is EnvelopeState.VOIDED


def test_the_seal_waits_for_the_salespersons_word_where_it_is_asked() -> None:
    play = with_photo(face_statement=True)
    assert names(play.give(c.RecordSignature)) == ("recipient.signed",)
    assert next_actor(play.state) == (Move(Actor.SALESPERSON, "state-face", "rcp_one"),)
    assert names(play.give(c.StateFace)) == ("recipient.face-stated", "envelope.signed")


def test_the_salesperson_speaks_of_the_photo_that_counts() -> None:
    play = in_recipient_state(S.DRAWN)
    play.give(c.GiveConsent, consent="face-photo", digest=digest("face-photo"))
    play.give(c.TakePhoto, record="rec_first")
    play.give(c.StateFace)
    play.give(c.TakePhoto, record="rec_second")
    assert play.recipient().session.face_stated is None
    assert play.refused(c.StateFace, photo="rec_first") == "photo-unknown"


def test_no_word_is_asked_of_one_who_signed_assisted_without_a_photo() -> None:
    play = Play(signer("one"), face_statement=True).send().to(S.DRAWN)
    play.give(c.GiveNoFace)
    play.give(c.Confirm)
    assert names(play.give(c.RecordSignature)) == ("recipient.signed", "envelope.signed")


# reminders and deadlines


def test_the_schedule_reminds_when_it_is_due_as_often_as_it_was_told() -> None:
    play = Play(signer("one")).send()
    sent = play.recipient().noticed_at
    assert sent is not None
    first = sent + timedelta(hours=24)
    assert deadlines(play.state) == (Due(first, "remind", "rcp_one", 1), Due(EXPIRY, "expire"))
    assert play.refused(c.Remind, asked_by=None, at=first - timedelta(seconds=1)) == "reminder-too-early"
    play.give(c.Remind, asked_by=None, at=first)
    assert play.give(c.Remind, asked_by=None, number=1, at=first) == ()
    second = first + timedelta(hours=48)
    assert deadlines(play.state)[0] == Due(second, "remind", "rcp_one", 2)
    play.give(c.Remind, asked_by=None, at=second)
    assert deadlines(play.state) == (Due(EXPIRY, "expire"),)
    assert play.refused(c.Remind, asked_by=None, at=second + timedelta(hours=48)) == "reminders-used-up"


def test_a_person_may_remind_an_hour_after_the_last_message() -> None:
    play = Play(signer("one"), reminders=None).send()
    assert play.refused(c.Remind) == "reminder-too-early"
    play.now += timedelta(hours=1)
    assert names(play.give(c.Remind)) == ("recipient.reminded",)
    assert play.refused(c.Remind, number=3) == "reminder-number"


def test_only_who_is_awaited_is_reminded() -> None:
    play = Play(signer("one"), signer("two", 2)).send().to(S.CONFIRMED)
    play.now += timedelta(days=2)
    assert play.refused(c.Remind) == "confirmed-already"
    assert play.refused(c.Remind, "rcp_two") == "not-your-turn"


def test_nothing_is_due_while_only_our_own_work_is_left() -> None:
    assert deadlines(with_photo().state) == ()
    assert deadlines(in_envelope_state(EnvelopeState.SEALING).state) == ()


def test_a_draft_has_its_expiry_to_come() -> None:
    assert deadlines(Play().state) == (Due(EXPIRY, "expire"),)


# another person, another telephone


def test_another_person_takes_the_same_field_and_turn_and_starts_from_the_beginning() -> None:
    play = in_recipient_state(S.DRAWN)
    old = play.recipient()
    events = play.give(c.ReplaceRecipient, replacement="rcp_heir", person="per_heir")
    assert names(events) == ("recipient.replaced", "recipient.sent")
    new = play.recipient("rcp_heir")
    assert (new.plan.field, new.plan.document, new.plan.group) == (old.plan.field, old.plan.document, old.plan.group)
    assert (new.plan.person, new.state, new.session.identity) == ("per_heir", S.SENT, None)
    assert play.refused(c.RecordOpened) == "recipient-replaced"
    assert play.give(c.ReplaceRecipient, replacement="rcp_heir", person="per_heir") == ()
    play.sign_all()
    assert play.state.state is EnvelopeState.SEALING


def test_a_replacement_waits_for_its_turn() -> None:
    play = in_recipient_state(S.PENDING)
    assert names(play.give(c.ReplaceRecipient)) == ("recipient.replaced",)


def test_nobody_is_replaced_by_somebody_who_is_there_already() -> None:
    assert Play().send().refused(c.ReplaceRecipient, replacement="rcp_two") == "recipient-exists"


def test_a_copy_recipient_can_be_replaced() -> None:
    play = Play(signer("one"), copy()).send()
    play.give(c.ReplaceRecipient, "rcp_copy", replacement="rcp_other")
    play.sign_all().complete()
    assert states(play) == {"one": "signed", "copy": "replaced", "other": "sent"}


def test_a_corrected_telephone_takes_back_all_that_was_done_under_the_old_one() -> None:
    play = in_recipient_state(S.DRAWN)
    codes = play.recipient().codes
    events = play.give(c.CorrectPhone, person="per_corrected")
    assert names(events) == ("recipient.phone-corrected", "recipient.sent")
    one = play.recipient()
    assert one.state is S.SENT
    assert one.plan.person == "per_corrected"
    assert one.session == type(one.session)()
    assert one.codes == codes
    assert play.give(c.CorrectPhone, person="per_corrected") == ()


def test_an_open_code_dies_with_the_telephone_it_was_sent_to() -> None:
    play = in_recipient_state(S.OPENED)
    play.give(c.SendCode)
    play.give(c.CorrectPhone)
    play.give(c.RecordOpened)
    assert play.refused(c.Identify) == "code-burned"


@pytest.mark.parametrize("kind", [c.ReplaceRecipient, c.CorrectPhone])
def test_after_sending_a_change_of_person_needs_a_second_one(kind: type[c.Command]) -> None:
    assert Play().send().refused(kind, approved_by=None) == "approval-missing"
    assert Play().send().refused(kind, by="usr_sales", approved_by="usr_sales") == "own-approval"
    assert in_recipient_state(S.PENDING).refused(kind, approved_by=None) == "approval-missing"


@pytest.mark.parametrize("kind", [c.ReplaceRecipient, c.CorrectPhone])
def test_a_draft_can_be_changed_by_one_person(kind: type[c.Command]) -> None:
    play = Play()
    assert len(play.give(kind, approved_by=None)) == 1
    assert play.state.state is EnvelopeState.DRAFT


@pytest.mark.parametrize("kind", [c.ReplaceRecipient, c.CorrectPhone])
@pytest.mark.parametrize("state", [S.CONFIRMED, S.SIGNED])
def test_nobody_is_changed_after_confirming(kind: type[c.Command], state: RecipientState) -> None:
    assert in_recipient_state(state).refused(kind) in {"confirmed-already", "signed-already"}


def test_a_certificate_left_over_from_before_a_correction_can_still_be_abandoned() -> None:
    play = in_recipient_state(S.SIGNING_FAILED)
    play.give(c.CorrectPhone)
    assert names(play.give(c.AbandonCertificate)) == ("certificate.abandoned",)


# who acts next


def test_the_next_actor_is_named_for_everybody_who_is_awaited() -> None:
    play = Play(signer("one"), signer("two"), signer("late", 2))
    assert next_actor(play.state) == (Move(Actor.CLIENT, "send"),)
    play.send().to(S.CONFIRMED)
    assert next_actor(play.state) == (
        Move(Actor.SERVICE, "sign", "rcp_one"),
        Move(Actor.RECIPIENT, "open", "rcp_two"),
    )


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (EnvelopeState.SEALING, Move(Actor.SERVICE, "seal")),
        (EnvelopeState.SEAL_FAILED, Move(Actor.OPERATOR, "retry-seal")),
        (EnvelopeState.COMPLETED, Move(Actor.NOBODY, "none")),
        (EnvelopeState.VOIDED, Move(Actor.NOBODY, "none")),
    ],
)
def test_who_acts_next_after_everybody_has_signed(state: EnvelopeState, move: Move) -> None:
    assert next_actor(in_envelope_state(state).state) == (move,)
