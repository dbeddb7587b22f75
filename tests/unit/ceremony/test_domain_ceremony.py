"""The recipient's four steps: identify, read, sign, photo and confirm."""

from __future__ import annotations

from datetime import timedelta

import pytest

from esign.ceremony.domain import commands as c
from esign.ceremony.domain.values import ConsentStage, Presence, RecipientRole, RecipientState
from tests.unit.ceremony.domain_envelopes import EXPIRY, Play, consent, digest, in_recipient_state, names, signer

S = RecipientState


def reading() -> Play:
    """Return an envelope whose first recipient may begin to read."""
    play = in_recipient_state(S.IDENTIFIED)
    play.give(c.GiveConsent, consent="personal-information", digest=digest("personal-information"))
    return play


def read_all(play: Play, seconds: int = 30) -> None:
    for page in (1, 2):
        play.now += timedelta(seconds=seconds)
        play.give(c.RecordPageRead, page=page, entered_at=play.now - timedelta(seconds=seconds), left_at=play.now)


def photographed() -> Play:
    play = in_recipient_state(S.DRAWN)
    play.give(c.GiveConsent, consent="face-photo", digest=digest("face-photo"))
    play.give(c.TakePhoto)
    return play


# identify


def test_a_code_lives_five_minutes() -> None:
    play = in_recipient_state(S.OPENED)
    sent = play.now
    play.give(c.SendCode)
    assert play.refused(c.Identify, at=sent + timedelta(minutes=5)) == "code-expired"
    assert names(play.give(c.Identify, at=sent + timedelta(minutes=5, microseconds=-1))) == ("recipient.identified",)


def test_a_code_is_expired_to_a_clock_that_went_back() -> None:
    play = in_recipient_state(S.OPENED)
    sent = play.now
    play.give(c.SendCode)
    assert play.refused(c.Identify, at=sent - timedelta(seconds=1)) == "code-expired"


def test_a_code_is_burned_by_its_use() -> None:
    play = in_recipient_state(S.IDENTIFIED)
    assert play.recipient().open_code is None
    assert play.refused(c.Identify, device="dev_thief") == "code-burned"


def test_the_request_that_used_the_code_may_be_repeated_from_its_device() -> None:
    play = in_recipient_state(S.IDENTIFIED)
    assert play.give(c.Identify) == ()


def test_a_code_is_burned_by_the_fifth_wrong_try() -> None:
    play = in_recipient_state(S.OPENED)
    play.give(c.SendCode)
    for _ in range(4):
        play.give(c.FailIdentification)
    assert play.recipient().open_code is not None
    play.give(c.FailIdentification)
    assert play.recipient().open_code is None
    assert play.refused(c.Identify) == "code-burned"
    assert play.refused(c.FailIdentification) == "code-burned"


def test_a_fresh_code_ends_the_one_before_and_starts_the_tries_anew() -> None:
    play = in_recipient_state(S.OPENED)
    play.give(c.SendCode, code="otc_first")
    for _ in range(4):
        play.give(c.FailIdentification)
    play.give(c.SendCode, code="otc_second")
    assert play.refused(c.Identify, code="otc_first") == "code-unknown"
    play.give(c.FailIdentification)
    assert names(play.give(c.Identify)) == ("recipient.identified",)


def test_sending_the_same_code_twice_sends_it_once() -> None:
    play = in_recipient_state(S.OPENED)
    play.give(c.SendCode, code="otc_first")
    assert play.give(c.SendCode, code="otc_first") == ()


def test_five_codes_are_sent_in_an_hour_and_ten_in_a_day() -> None:
    play = in_recipient_state(S.OPENED)
    for _ in range(5):
        play.give(c.SendCode)
    assert play.refused(c.SendCode) == "too-many-codes"
    play.now += timedelta(hours=1)
    for _ in range(5):
        play.give(c.SendCode)
    play.now += timedelta(hours=2)
    assert play.refused(c.SendCode) == "too-many-codes"
    play.now += timedelta(hours=24)
    assert names(play.give(c.SendCode)) == ("recipient.code-sent",)


def test_twenty_handwritings_and_twenty_photos_are_taken_of_a_recipient_and_no_more() -> None:
    play = in_recipient_state(S.READ)
    for number in range(20):
        play.give(c.Draw, record=f"hwr_{number}", digest=digest(f"{number}"))
    assert play.give(c.Draw, record="hwr_19", digest=digest("19")) == ()
    assert play.refused(c.Draw, record="hwr_20") == "too-many-captures"
    for text in play.state.consents_missing(play.recipient(), ConsentStage.PHOTO):
        play.give(c.GiveConsent, consent=text, digest=digest(text))
    for number in range(20):
        play.give(c.TakePhoto, record=f"pho_{number}")
    assert play.refused(c.TakePhoto, record="pho_20") == "too-many-captures"
    play.give(c.Confirm)


def test_captures_still_count_after_the_telephone_was_corrected() -> None:
    play = in_recipient_state(S.READ)
    for number in range(20):
        play.give(c.Draw, record=f"hwr_{number}")
    play.give(c.CorrectPhone)
    play.to(S.READ)
    assert play.refused(c.Draw, record="hwr_20") == "too-many-captures"


def test_an_assurance_that_the_envelope_does_not_accept_identifies_nobody() -> None:
    play = in_recipient_state(S.OPENED)
    play.give(c.SendCode)
    assert play.refused(c.Identify, assurance="not-verified") == "identity-not-enough"


def test_another_device_needs_another_code_and_ends_the_first() -> None:
    play = in_recipient_state(S.READ)
    play.give(c.SendCode)
    events = play.give(c.Identify, device="dev_tablet", presence=Presence.IN_PERSON)
    assert names(events) == ("recipient.device-changed",)
    assert play.recipient().state is S.READ
    assert play.refused(c.Draw, device="dev_rcp_one") == "another-device"
    assert names(play.give(c.Draw)) == ("recipient.drawn",)


def goes_on(play: Play, presence: Presence, device: str = "dev_tablet") -> None:
    play.give(c.SendCode)
    play.give(c.Identify, device=device, presence=presence)


@pytest.mark.parametrize(("first", "then"), [tuple(Presence), tuple(reversed(Presence))])
def test_what_was_captured_in_one_place_is_made_anew_in_the_other(first: Presence, then: Presence) -> None:
    play = in_recipient_state(S.READ)
    goes_on(play, first)
    play.give(c.Draw)
    play.give(c.GiveNoFace)
    goes_on(play, then, "dev_other")
    session = play.recipient().session
    assert (play.recipient().state, session.is_made_anew) == (S.READ, True)
    assert (session.handwriting, session.photo, session.assisted_by, session.face_stated) == (None, None, None, None)
    assert session.stays
    assert session.consents
    assert play.refused(c.Confirm, device="dev_other") == "draw-first"
    play.give(c.Draw, device="dev_other")
    after = play.recipient().session
    assert (after.captured, after.is_made_anew) == (then, False)
    goes_on(play, then, "dev_third")
    assert play.recipient().state is S.DRAWN


def test_a_photo_and_what_was_said_of_it_go_with_the_place_that_they_were_made_in() -> None:
    play = Play(signer("one"), photo_roles=(RecipientRole.APPLICANT,), consents=()).send().to(S.DRAWN)
    play.give(c.TakePhoto)
    play.give(c.StateFace)
    goes_on(play, Presence.IN_PERSON)
    assert (play.recipient().session.photo, play.recipient().session.face_stated) == (None, None)


def test_what_is_confirmed_stays_and_a_signature_that_fails_then_begins_with_drawing() -> None:
    play = in_recipient_state(S.CONFIRMED)
    goes_on(play, Presence.IN_PERSON)
    assert play.recipient().state is S.CONFIRMED
    assert play.recipient().session.handwriting is not None
    failing = play.command(c.FailSigning)
    play.do(failing)
    assert (play.recipient().state, play.recipient().session.is_made_anew) == (S.READ, True)
    assert play.do(failing) == ()
    failed = in_recipient_state(S.SIGNING_FAILED)
    goes_on(failed, Presence.IN_PERSON)
    assert failed.recipient().state is S.READ
    failed.give(c.Draw, device="dev_tablet")
    failed.give(c.GiveNoFace, device="dev_tablet")
    failed.give(c.Confirm, device="dev_tablet")
    assert failed.recipient().failure is None


@pytest.mark.parametrize("kind", [c.GiveConsent, c.RecordPageRead, c.FinishReading, c.Decline])
def test_every_act_of_the_signers_own_comes_from_the_bound_device(kind: type[c.Command]) -> None:
    assert in_recipient_state(S.IDENTIFIED).refused(kind, device="dev_thief") == "another-device"


def test_who_only_holds_the_link_cannot_decline() -> None:
    assert in_recipient_state(S.OPENED).refused(c.Decline) == "identify-first"


def test_a_link_opened_again_resumes() -> None:
    play = in_recipient_state(S.DRAWN)
    assert play.give(c.RecordOpened) == ()
    assert play.recipient().state is S.DRAWN


# read


def test_no_page_is_recorded_before_the_consents_that_come_first() -> None:
    assert in_recipient_state(S.IDENTIFIED).refused(c.RecordPageRead) == "consents-missing"


@pytest.mark.parametrize(
    "changes",
    [
        {"consent": "unheard-of"},
        {"text_version": "2"},
        {"digest": digest("another text")},
    ],
)
def test_a_consent_to_another_text_than_the_one_asked_is_refused(changes: dict[str, str]) -> None:
    assert in_recipient_state(S.IDENTIFIED).refused(c.GiveConsent, **changes) == "consent-unknown"


def test_a_consent_that_is_asked_of_other_roles_is_refused() -> None:
    only_insured = consent("insured-amount", ConsentStage.READING)
    texts = (type(only_insured)(**{**vars(only_insured), "roles": ()}),)
    play = Play(signer("one"), consents=texts).send()
    play.to(S.IDENTIFIED)
    refused = play.refused(c.GiveConsent, consent="insured-amount", digest=digest("insured-amount"))
    assert refused == "consent-unknown"


def test_the_consent_to_the_photo_is_given_at_its_own_step() -> None:
    play = in_recipient_state(S.IDENTIFIED)
    assert play.refused(c.GiveConsent, consent="face-photo", digest=digest("face-photo")) == "consent-out-of-step"


def test_reading_is_not_finished_with_a_page_unread() -> None:
    play = reading()
    play.give(c.GiveConsent)
    play.give(c.RecordPageRead, page=2)
    assert play.refused(c.FinishReading) == "pages-unread"


def test_reading_is_not_finished_with_a_consent_missing() -> None:
    play = reading()
    read_all(play)
    assert play.refused(c.FinishReading) == "consents-missing"


def test_reading_is_not_finished_before_its_minimum_time() -> None:
    play = reading()
    play.give(c.GiveConsent)
    read_all(play, seconds=9)
    assert play.refused(c.FinishReading) == "reading-too-short"
    play.give(c.RecordPageRead, entered_at=play.now - timedelta(seconds=2), left_at=play.now)
    assert names(play.give(c.FinishReading)) == ("recipient.read",)


def test_time_on_two_pages_at_once_counts_once() -> None:
    play = reading()
    play.give(c.GiveConsent)
    play.now += timedelta(seconds=30)
    entered, left = play.now - timedelta(seconds=15), play.now
    for page in (1, 2):
        play.give(c.RecordPageRead, page=page, entered_at=entered, left_at=left)
    assert play.recipient().session.reading_time() == timedelta(seconds=15)
    assert play.refused(c.FinishReading) == "reading-too-short"


def test_a_page_that_the_document_does_not_have_is_refused() -> None:
    assert reading().refused(c.RecordPageRead, page=3) == "page-unknown"


@pytest.mark.parametrize(("entered", "left"), [(-15, 1), (-3600, 0), (-5, -10)])
def test_impossible_times_of_a_page_are_refused(entered: int, left: int) -> None:
    play = reading()
    play.now += timedelta(seconds=60)
    entered_at, left_at = play.now + timedelta(seconds=entered), play.now + timedelta(seconds=left)
    assert play.refused(c.RecordPageRead, entered_at=entered_at, left_at=left_at) == "page-times"


def test_the_same_stay_recorded_twice_is_recorded_once() -> None:
    play = reading()
    play.now += timedelta(seconds=30)
    entered, left = play.now - timedelta(seconds=15), play.now
    play.give(c.RecordPageRead, entered_at=entered, left_at=left)
    assert play.give(c.RecordPageRead, entered_at=entered, left_at=left) == ()


def test_page_views_are_bounded_but_a_page_that_was_not_read_can_still_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign.ceremony.domain.rules.PAGE_STAYS_AT_MOST", 3)
    play = reading()
    for _ in range(3):
        play.now += timedelta(seconds=30)
        play.give(c.RecordPageRead)
    play.now += timedelta(seconds=30)
    assert play.refused(c.RecordPageRead) == "page-views-full"
    assert names(play.give(c.RecordPageRead, page=2)) == ("recipient.page-read",)


# sign, photo, confirm


def test_handwriting_with_shortcomings_is_refused_with_their_codes() -> None:
    play = in_recipient_state(S.READ)
    assert play.refused(c.Draw, shortcomings=("too-small",)) == "drawing-shortcomings"
    assert play.recipient().state is S.READ


def test_the_signature_may_be_drawn_again_until_it_is_confirmed() -> None:
    play = in_recipient_state(S.DRAWN)
    first = play.recipient().session.handwriting
    assert names(play.give(c.Draw)) == ("recipient.drawn",)
    assert play.recipient().session.handwriting != first
    assert in_recipient_state(S.CONFIRMED).refused(c.Draw) == "confirmed-already"


def test_no_photo_is_taken_without_the_consent_to_it() -> None:
    assert in_recipient_state(S.DRAWN).refused(c.TakePhoto) == "consents-missing"


def test_a_photo_with_shortcomings_is_refused() -> None:
    play = in_recipient_state(S.DRAWN)
    play.give(c.GiveConsent, consent="face-photo", digest=digest("face-photo"))
    assert play.refused(c.TakePhoto, shortcomings=("too-dark",)) == "photo-shortcomings"


def test_nobody_confirms_without_a_photo_where_one_is_asked() -> None:
    assert in_recipient_state(S.DRAWN).refused(c.Confirm) == "photo-missing"


def test_assisted_signing_is_a_way_without_the_face_and_says_who_assisted() -> None:
    play = in_recipient_state(S.DRAWN)
    play.give(c.GiveNoFace, assisted_by="usr_branch")
    assert play.recipient().session.assisted_by == "usr_branch"
    assert names(play.give(c.Confirm)) == ("recipient.confirmed",)


def test_no_photo_is_taken_of_a_role_that_is_not_asked_for_one() -> None:
    play = Play(signer("one", role="witness")).send().to(S.DRAWN)
    assert play.refused(c.TakePhoto) == "photo-not-asked"
    assert play.refused(c.GiveNoFace) == "photo-not-asked"
    assert names(play.give(c.Confirm)) == ("recipient.confirmed",)


def test_confirming_twice_is_confirming_once() -> None:
    play = photographed()
    play.give(c.Confirm, manifest=digest("manifest"))
    assert play.give(c.Confirm, manifest=digest("manifest")) == ()


def test_another_manifest_cannot_be_confirmed_beside_the_first() -> None:
    assert in_recipient_state(S.CONFIRMED).refused(c.Confirm) == "confirmed-already"


def test_the_manifest_of_another_recipient_cannot_be_confirmed() -> None:
    play = photographed()
    play.give(c.Confirm, manifest=digest("manifest"))
    play.to(S.DRAWN, "rcp_two")
    play.give(c.GiveNoFace, "rcp_two")
    assert play.refused(c.Confirm, "rcp_two", manifest=digest("manifest")) == "manifest-elsewhere"


def test_nobody_acts_after_the_expiry_even_if_no_sweep_has_noticed_it() -> None:
    for state, kind in (
        (S.SENT, c.RecordOpened),
        (S.OPENED, c.SendCode),
        (S.IDENTIFIED, c.GiveConsent),
        (S.READ, c.Draw),
        (S.DRAWN, c.GiveNoFace),
        (S.DRAWN, c.Decline),
    ):
        assert in_recipient_state(state).refused(kind, at=EXPIRY) == "envelope-expired"
