"""A tablet in a signer's hands: what they do there is in person, it is done nowhere else, and it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import Presence, RecipientState
from esign.ceremony.entrance import Answer
from esign.ceremony.errors import LinkRefused
from esign.ceremony.handovers import LIFE, PIN_TRIES, Handover, Handovers, stream_of
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.tokens import TEST_CODE
from esign.evidence.manifest import Presence as ManifestPresence
from esign.evidence.manifest import parse_manifest
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.trail.event import plain_payload
from esign.trail.log import read_stream
from tests.authority import SettableClock, create_test_authority
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, at_once, ports_for, short_request

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MEMBER, SESSION = "usr_shen", "ses_tablet"


@dataclass
class Tablet:
    """A salesperson with a tablet, an envelope of two, and a clock."""

    desk: Desk
    envelope: Envelope
    clock: SettableClock
    gone: set[str]

    @property
    def handovers(self) -> Handovers:
        return self.desk.service.handovers

    def hand_over(self, number: int = 0, session: str = SESSION) -> str:
        """Hand the tablet to a recipient; return what its browser keeps."""
        with self.desk.service.ports.database.transaction() as opened:
            begun = self.handovers.begin(
                opened,
                envelope=self.envelope.id,
                recipient=self.envelope.recipients[number].id,
                member=MEMBER,
                staff_session=session,
            )
        return self.handovers.token(begun.id)

    def identify(self, token: str | None, number: int = 0) -> str:
        entrance, link = self.desk.service.entrance, self.desk.link(self.envelope, number)
        person = (YU, YE)[number]
        entrance.open(link)
        entrance.send_code(link)
        four = person.id_number[-4:] if person.id_number else None
        session, place = entrance.identify(link, Answer(TEST_CODE, person.name, four, handover=token)), self.of(token)
        tokens = self.desk.service.tokens
        return tokens.presented(session, tokens.browser(None, None if place is None else place.id))

    def of(self, token: str | None) -> Handover | None:
        with self.desk.service.ports.database.reading() as session:
            return self.handovers.of_token(session, token)

    def lock(self, session: str = SESSION) -> Handover | None:
        with self.desk.service.ports.database.reading() as opened:
            return self.handovers.lock_of(opened, session)

    def give_back(self, token: str) -> None:
        with self.desk.service.ports.database.transaction() as session:
            self.handovers.give_back(session, token.partition(".")[0])

    def told(self, number: int = 0) -> list[tuple[str, str | None]]:
        """Return types and reasons of the events of a recipient's handovers."""
        with self.desk.service.ports.database.reading() as session:
            events = read_stream(session, stream_of(self.envelope.recipients[number].id))
        return [(event.type, plain_payload(event).get("reason")) for event in events]

    def presence(self, number: int = 0) -> Presence | None:
        identity = self.desk.recipient(self.envelope, number).session.identity
        return None if identity is None else identity.presence


@pytest.fixture
def tablet(database: Database, tmp_path: Path, typeface: Typeface, contract: bytes) -> Tablet:
    clock = SettableClock(datetime.now(UTC).replace(microsecond=0))
    ports = ports_for(database, tmp_path, create_test_authority(tmp_path / "ca", now=clock), typeface)
    gone: set[str] = set()
    ports = replace(
        ports,
        trust_services=replace(ports.trust_services, clock=clock),
        is_staff_there=lambda _session, staff_session: staff_session not in gone,
    )
    desk = Desk(assemble(ports), now=clock)
    return Tablet(desk, desk.create(short_request(contract, YU, YE)), clock, gone)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(LinkRefused) as caught:
        act()
    return caught.value.code


def test_what_is_signed_on_the_tablet_is_in_person_and_the_manifest_says_so(tablet: Tablet) -> None:
    session = tablet.identify(tablet.hand_over())
    assert tablet.presence() is Presence.IN_PERSON
    desk = tablet.desk
    desk.read(session)
    desk.draw(session)
    desk.service.ceremony.confirm(session)
    record = desk.recipient(tablet.envelope, 0).confirmation
    with desk.service.ports.database.reading() as opened:
        kept = CeremonyRecords(desk.service.records).confirmation(opened, str(record))
    assert parse_manifest(kept.evidence.manifest).identity.presence is ManifestPresence.IN_PERSON
    assert [kind for kind, _reason in tablet.told()] == ["handover.begun", "handover.device-bound"]


@ON_SQLITE
def test_without_a_tablet_it_is_remote_and_the_manifest_says_that_too(tablet: Tablet) -> None:
    for claimed in (None, "hnd_nobody0000000000000.AAAA", "x" * 500, tablet.handovers.token("hnd_nobody0000000000000")):
        tablet.identify(claimed)
        assert tablet.presence() is Presence.REMOTE
    assert tablet.told() == []


def test_as_long_as_the_tablet_is_handed_over_no_other_device_takes_the_signer_in(tablet: Tablet) -> None:
    token = tablet.hand_over()
    assert refused(lambda: tablet.identify(None)) == "handed-over"
    assert refused(lambda: tablet.identify(token, number=1)) == "handover-over"  # it is in the first one's hands
    tablet.identify(token)
    assert refused(lambda: tablet.identify(None)) == "handed-over"
    tablet.identify(None, number=1)  # who signs elsewhere is not kept from it
    assert tablet.presence(1) is Presence.REMOTE


def test_when_the_tablet_goes_back_the_signers_session_ends(tablet: Tablet) -> None:
    token = tablet.hand_over()
    session = tablet.identify(token)
    tablet.desk.read(session)
    tablet.give_back(token)
    assert refused(lambda: tablet.desk.service.ceremony.admit(session)) == "handover-over"
    assert (tablet.lock(), tablet.of(token)) == (None, None)
    assert tablet.told()[-1] == ("handover.ended", "returned")
    # The next handover opens no door for the session of the first; what was done is kept.
    second = tablet.hand_over()
    assert refused(lambda: tablet.desk.service.ceremony.admit(session)) == "handover-over"
    again = tablet.identify(second)
    assert tablet.desk.service.ceremony.admit(again).recipient.state is RecipientState.READ
    tablet.give_back(second)
    tablet.identify(None)
    assert tablet.presence() is Presence.REMOTE


def test_after_half_an_hour_the_signer_is_out_and_the_tablet_still_locked(tablet: Tablet) -> None:
    token = tablet.hand_over()
    session = tablet.identify(token)
    tablet.clock.time += LIFE - timedelta(seconds=1)
    tablet.desk.service.ceremony.admit(session)
    tablet.clock.time += timedelta(seconds=1)
    assert refused(lambda: tablet.desk.service.ceremony.admit(session)) == "handover-over"
    assert refused(lambda: tablet.identify(token)) == "handover-over"  # the tablet is no device of the signer's own
    for _ in range(2):
        with tablet.desk.service.ports.database.transaction() as opened:
            tablet.handovers.end_overdue(opened, tablet.clock())
    assert tablet.told()[-1] == ("handover.ended", "timed-out")
    assert len(tablet.told()) == 3
    assert tablet.lock() is not None
    tablet.give_back(token)
    assert tablet.lock() is None
    assert len(tablet.told()) == 3


def test_another_handover_ends_the_one_before_and_unlocks_nobody(tablet: Tablet) -> None:
    first, second = tablet.hand_over(), tablet.hand_over(session="ses_other")
    assert tablet.told() == [
        ("handover.begun", None),
        ("handover.ended", "superseded"),
        ("handover.begun", None),
    ]
    assert tablet.lock() is not None
    assert refused(lambda: tablet.identify(first)) == "handover-over"
    tablet.identify(second)


def test_tries_at_the_pin_are_counted_before_they_are_looked_at(tablet: Tablet) -> None:
    token = tablet.hand_over()
    handover, database = token.partition(".")[0], tablet.desk.service.ports.database
    left: list[int | None] = []

    def guess() -> None:
        with database.transaction() as session:
            left.append(tablet.handovers.take_try(session, handover))

    assert at_once(*[guess] * (PIN_TRIES + 2)) == []
    assert sorted(one for one in left if one is not None) == list(range(PIN_TRIES))
    with database.transaction() as session:
        tablet.handovers.refuse_pin(session, handover)
    assert tablet.told()[-2:] == [("handover.pin-refused", None), ("handover.ended", "pin-guessed")]
    assert refused(lambda: tablet.identify(token)) == "handover-over"
    assert tablet.lock() is not None


def test_nothing_is_held_in_person_for_somebody_who_is_gone(tablet: Tablet) -> None:
    token = tablet.hand_over()
    session = tablet.identify(token)
    tablet.gone.add(SESSION)
    assert refused(lambda: tablet.desk.service.ceremony.admit(session)) == "handover-over"
    assert refused(lambda: tablet.identify(token)) == "handover-over"
    with tablet.desk.service.ports.database.transaction() as opened:
        assert tablet.handovers.end_overdue(opened, tablet.clock()) == 1
    assert tablet.told()[-1] == ("handover.ended", "session-over")
    tablet.identify(None)
    assert tablet.presence() is Presence.REMOTE
