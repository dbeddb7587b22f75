"""The way in: who has the link has nothing yet; codes burn, devices follow each other, corrections end old links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.ceremony.creation import keep_person
from esign.ceremony.domain import Envelope, Refusal, commands
from esign.ceremony.domain.values import EnvelopeMode, RecipientState
from esign.ceremony.entrance import Answer, IdentificationRefused
from esign.ceremony.errors import LinkRefused
from esign.ceremony.identity import IdentityClaim, IdentityFinding, IdentityOutcome
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.tokens import TEST_CODE
from esign.infra.database import Database
from esign.infra.errors import RecordErased
from esign.infra.ids import new_id
from esign.pades.typeface import Typeface
from esign.service import Service, assemble
from tests.authority import SettableClock
from tests.databases import *  # noqa: F403
from tests.service import CLIENT, YE, YU, Desk, ports_for, short_request

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
GOOD = Answer(TEST_CODE, YU.name, "002X")


@dataclass
class Vendor:
    """A vendor of identity checks that counts what it is asked, and may look around while it takes its time."""

    outcome: IdentityOutcome = IdentityOutcome.MATCHED
    asked: int = 0
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def verify(self, person: IdentityClaim) -> IdentityFinding:
        self.asked += 1
        for act in self.meanwhile:
            act()
        return IdentityFinding("three-factor", "example-vendor", self.outcome, "check-1")


@dataclass
class Door:
    """A desk with a clock that is moved, a vendor, and one envelope of Yu's."""

    desk: Desk
    clock: SettableClock
    vendor: Vendor
    envelope: Envelope

    @property
    def service(self) -> Service:
        return self.desk.service

    @property
    def link(self) -> str:
        return self.desk.link(self.envelope, 0)

    def send(self) -> None:
        self.service.entrance.open(self.link)
        self.service.entrance.send_code(self.link)

    def identify(self, answer: Answer = GOOD) -> str:
        return self.service.entrance.identify(self.link, answer)

    def refuse(self, answer: Answer = GOOD) -> str:
        """Identify, be refused, and return why."""
        with pytest.raises((Refusal, LinkRefused)) as refused:
            self.identify(answer)
        return refused.value.code

    def change(self, command: commands.Command) -> None:
        self.service.envelopes.change(self.envelope.id, lambda _session, _now: command, actor="user:usr_staff")


@pytest.fixture
def door(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes) -> Door:
    clock, vendor = SettableClock(datetime.now(UTC).replace(microsecond=0)), Vendor()
    ports = ports_for(database, tmp_path, authority, typeface)
    services = replace(ports.trust_services, clock=clock)
    desk = Desk(assemble(replace(ports, trust_services=services, identity_verifier=vendor)), now=clock)
    return Door(desk, clock, vendor, desk.create(short_request(contract, YU, YE, identity_levels=("three-factor",))))


def test_looking_changes_nothing_and_tells_little(door: Door) -> None:
    before = door.desk.events(door.envelope)
    invitation = door.service.entrance.look(door.link)
    assert door.desk.events(door.envelope) == before
    assert invitation.state == "sent"
    assert invitation.phone_ends == "0001"
    assert invitation.asks_id_number
    assert YU.name not in repr(invitation)
    assert YU.phone not in repr(invitation)


@pytest.mark.parametrize("what", ["another's proof", "cut", "nobody's", "empty", "half a surrogate", "long"])
def test_what_is_no_link_of_ours_opens_nothing(door: Door, what: str) -> None:
    link, other = door.link, door.desk.link(door.envelope, 1)
    bad = {
        "another's proof": f"{link.split('.')[0]}.{other.split('.')[1]}",
        "cut": link[:-1],
        "nobody's": f"{new_id('rcp', door.clock())}.{link.split('.')[1]}",
        "empty": "",
        "half a surrogate": f"{link.split('.')[0]}.\ud800",
        "long": link + "x" * 500,
    }[what]
    for act in (door.service.entrance.look, door.service.entrance.open, door.service.entrance.send_code):
        with pytest.raises(LinkRefused) as refused:
            act(bad)
        assert refused.value.code == "link-unknown"


def test_opening_twice_is_recorded_once(door: Door) -> None:
    door.service.entrance.open(door.link)
    door.service.entrance.open(door.link)
    assert door.desk.events(door.envelope).count("recipient.opened") == 1


def test_a_code_before_the_link_was_opened_is_refused(door: Door) -> None:
    with pytest.raises(Refusal) as refused:
        door.service.entrance.send_code(door.link)
    assert refused.value.code == "open-first"


def test_a_code_opens_a_session_once(door: Door) -> None:
    door.send()
    token = door.identify()
    assert door.service.ceremony.admit(token).recipient.state is RecipientState.IDENTIFIED
    assert door.refuse() == "code-burned"
    assert door.vendor.asked == 1


def test_a_code_is_good_for_five_minutes(door: Door) -> None:
    door.send()
    door.clock.move(minutes=5)
    assert door.refuse() == "code-expired"
    assert door.vendor.asked == 0
    door.service.entrance.send_code(door.link)
    door.clock.move(minutes=4, seconds=59)
    door.identify()


@pytest.mark.parametrize("moment", ["no code", "burned", "voided", "expired envelope", "replaced"])
def test_the_vendor_is_not_asked_where_identifying_is_refused_anyway(door: Door, moment: str) -> None:
    if moment != "no code":
        door.send()
    if moment == "burned":
        for _ in range(5):
            door.refuse(replace(GOOD, code="000000"))
    if moment == "voided":
        door.change(commands.Void(at=door.clock(), by="usr_staff", reason="mistake"))
    if moment == "expired envelope":
        door.clock.move(days=15)
    link = door.link
    if moment == "replaced":
        replace_recipient(door)
    with pytest.raises((Refusal, LinkRefused)):
        door.service.entrance.identify(link, GOOD)
    assert door.vendor.asked == 0


def test_a_vendor_may_take_its_time_without_holding_up_anybody(door: Door) -> None:
    door.send()
    other = door.desk.link(door.envelope, 1)
    door.vendor.meanwhile.append(lambda: door.service.entrance.open(other))  # a transaction of its own, at once
    door.identify()
    assert door.desk.recipient(door.envelope, 1).state is RecipientState.OPENED


def test_a_code_that_expires_while_the_vendor_thinks_is_refused(door: Door) -> None:
    door.send()
    door.vendor.meanwhile.append(lambda: door.clock.move(minutes=6))
    assert door.refuse() == "code-expired"


def test_the_fifth_wrong_try_burns_the_code(door: Door) -> None:
    door.send()
    left = []
    for number in range(5):
        with pytest.raises(IdentificationRefused) as refused:
            door.identify(replace(GOOD, code=f"{number:06}"))
        assert refused.value.code == "code-wrong"
        left.append(refused.value.tries_left)
    assert left == [4, 3, 2, 1, 0]
    assert door.refuse() == "code-burned"
    door.service.entrance.send_code(door.link)
    door.identify()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (replace(GOOD, code="000000", name="somebody"), "code-wrong"),
        (replace(GOOD, code="\ud800"), "code-wrong"),
        (replace(GOOD, name="于文"), "details-differ"),
        (replace(GOOD, name="\ud800"), "details-differ"),
        (replace(GOOD, id_last_four="0021"), "details-differ"),
        (replace(GOOD, id_last_four=None), "details-differ"),
    ],
)
def test_an_answer_that_is_wrong_is_refused_counted_and_costs_nothing(door: Door, answer: Answer, code: str) -> None:
    door.send()
    assert door.refuse(answer) == code
    assert door.desk.recipient(door.envelope, 0).failed_tries == 1
    assert door.vendor.asked == 0


@pytest.mark.parametrize("answer", [replace(GOOD, name=" 于 文山"), replace(GOOD, id_last_four="002x")])
def test_how_something_is_written_makes_no_difference(door: Door, answer: Answer) -> None:
    door.send()
    door.identify(answer)


def test_an_identity_that_the_vendor_does_not_confirm_counts_as_a_try(door: Door) -> None:
    door.send()
    door.vendor.outcome = IdentityOutcome.MISMATCHED
    assert door.refuse() == "identity-refused"
    assert door.desk.recipient(door.envelope, 0).failed_tries == 1
    door.vendor.outcome = IdentityOutcome.MATCHED
    door.identify()


def test_a_sixth_code_within_an_hour_is_refused(door: Door) -> None:
    door.service.entrance.open(door.link)
    for _ in range(5):
        door.service.entrance.send_code(door.link)
    with pytest.raises(Refusal) as refused:
        door.service.entrance.send_code(door.link)
    assert refused.value.code == "too-many-codes"
    door.clock.move(minutes=61)
    door.service.entrance.send_code(door.link)


def test_only_the_newest_code_opens(door: Door, database: Database, contract: bytes) -> None:
    live = door.desk.create(short_request(contract, YU, mode=EnvelopeMode.LIVE, identity_levels=("three-factor",)))
    link = door.desk.link(live, 0)
    door.service.entrance.open(link)
    digits = []
    for _ in range(2):
        door.service.entrance.send_code(link)
        code = door.desk.recipient(live, 0).open_code
        assert code is not None
        digits.append(door.service.tokens.code(code.id, test_mode=False))
    assert TEST_CODE not in digits
    with pytest.raises(IdentificationRefused):
        door.service.entrance.identify(link, replace(GOOD, code=digits[0]))
    door.service.entrance.identify(link, replace(GOOD, code=digits[1]))


def test_another_device_ends_the_session_of_the_one_before(door: Door) -> None:
    door.send()
    first = door.identify()
    door.service.entrance.send_code(door.link)
    second = door.identify()
    with pytest.raises(LinkRefused) as refused:
        door.service.ceremony.admit(first)
    assert refused.value.code == "another-device"
    assert door.service.ceremony.admit(second)
    assert door.desk.events(door.envelope)[-1] == "recipient.device-changed"


def test_a_session_lasts_two_hours_and_a_new_code_goes_on_where_it_was(door: Door) -> None:
    door.send()
    token = door.identify()
    door.desk.read(token)
    door.clock.move(hours=2)
    with pytest.raises(LinkRefused) as refused:
        door.service.ceremony.admit(token)
    assert refused.value.code == "session-over"
    door.service.entrance.send_code(door.link)
    assert door.service.ceremony.admit(door.identify()).recipient.state is RecipientState.READ


@pytest.mark.parametrize("what", ["proof", "device", "recipient", "parts", "half a surrogate"])
def test_a_session_that_we_did_not_make_is_none(door: Door, what: str) -> None:
    door.send()
    recipient, device, proof = door.identify().split(".")
    forged = {
        "proof": f"{recipient}.{device}.{proof[::-1]}",
        "device": f"{recipient}.{new_id('dev', door.clock())}.{proof}",
        "recipient": f"{door.envelope.recipients[1].id}.{device}.{proof}",
        "parts": f"{recipient}.{device}",
        "half a surrogate": f"{recipient}.{device}.\ud800",
    }[what]
    with pytest.raises(LinkRefused) as refused:
        door.service.ceremony.admit(forged)
    assert refused.value.code == "session-unknown"


def another_person(door: Door, phone: str) -> str:
    with door.service.ports.database.transaction() as session:
        return keep_person(door.service.records, session, replace(YU, phone=phone), now=door.clock())


def replace_recipient(door: Door) -> str:
    replacement = new_id("rcp", door.clock())
    door.change(
        commands.ReplaceRecipient(
            at=door.clock(),
            recipient=door.envelope.recipients[0].id,
            replacement=replacement,
            person=another_person(door, "13800000007"),
            by="usr_staff",
            approved_by="usr_second",
        )
    )
    return replacement


def test_a_corrected_phone_ends_the_old_link_and_what_was_done_with_it(door: Door) -> None:
    door.send()
    old, token = door.link, door.identify()
    door.change(
        commands.CorrectPhone(
            at=door.clock(),
            recipient=door.envelope.recipients[0].id,
            person=another_person(door, "13800000008"),
            by="usr_staff",
            approved_by="usr_second",
        )
    )
    with pytest.raises(LinkRefused) as refused:
        door.service.entrance.look(old)
    assert refused.value.code == "link-unknown"
    with pytest.raises(LinkRefused):
        door.service.ceremony.admit(token)
    assert door.service.entrance.look(door.link).phone_ends == "0008"
    assert door.desk.messages.kinds()[-1] == "invitation"


def test_whoever_was_replaced_is_not_let_in_and_the_new_one_is(door: Door) -> None:
    door.send()
    old, token = door.link, door.identify()
    replacement = replace_recipient(door)
    with pytest.raises(Refusal) as refused:
        door.service.entrance.send_code(old)
    assert refused.value.code == "recipient-replaced"
    with pytest.raises(Refusal):
        door.service.ceremony.decline(token, "changed-my-mind", None)
    number = [one.id for one in door.desk.envelope(door.envelope.id).recipients].index(replacement)
    assert door.service.entrance.look(door.desk.link(door.envelope, number)).state == "sent"


def test_a_person_whose_data_was_erased_is_not_let_in(door: Door) -> None:
    with door.service.ports.database.transaction() as session:
        door.service.records.erase(session, door.envelope.recipients[0].plan.person, at=door.clock())
    with pytest.raises(RecordErased):
        door.service.entrance.look(door.link)


def test_a_client_that_moves_its_clock_finds_codes_expired_and_others_do_not(door: Door, contract: bytes) -> None:
    door.send()
    with door.service.ports.database.transaction() as session:
        door.service.clocks.advance(session, CLIENT, timedelta(minutes=6))
    assert door.refuse() == "code-expired"
    other = door.service.maker.create(
        "cli_other000000000000000000000",
        short_request(contract, YU, identity_levels=("three-factor",)),
        now=door.clock(),
    )
    link = door.desk.link(door.desk.envelope(other.envelope), 0)
    door.service.entrance.open(link)
    door.service.entrance.send_code(link)
    door.service.entrance.identify(link, GOOD)


def test_what_a_device_tells_is_kept_short_and_printable(door: Door) -> None:
    door.send()
    told = {"user_agent": "a\x00b\n" + "x" * 500, "language": "zh", "colour": "blue"}
    door.identify(replace(GOOD, device=told))
    identity = door.desk.recipient(door.envelope, 0).session.identity
    assert identity is not None
    with door.service.ports.database.reading() as session:
        facts = CeremonyRecords(door.service.records).identity(session, str(identity.record))
    assert facts.device == {"user_agent": ("ab" + "x" * 500)[:300], "language": "zh"}
    assert (facts.assurance, facts.by, facts.reference) == ("three-factor", "example-vendor", "check-1")


def test_a_session_that_begins_says_when_its_recipient_was_identified(door: Door) -> None:
    door.send()
    begun = door.service.entrance.begin(door.link, GOOD)
    identity = door.service.ceremony.admit(begun.token).recipient.session.identity
    assert identity is not None and identity.at == begun.at


def test_a_link_that_was_proven_once_is_opened_in_one_transaction(door: Door, database: Database) -> None:
    link = door.link
    door.service.entrance.prove(link)
    with asked_of(database) as asked:  # noqa: F405
        door.service.entrance.open(link)
    assert [sql for sql, _values in asked if sql.startswith("BEGIN")] == ["BEGIN IMMEDIATE"]
