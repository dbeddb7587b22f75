"""Checkpoints by mail: once in a time slot for each witness, as a line that a witness file takes as it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ca.authority import EmbeddedAuthority
from esign.infra.apprise_channel import AppriseChannel
from esign.infra.database import Database
from esign.infra.messages import DEAD, SENT, MessageBox
from esign.infra.models import Message
from esign.infra.notifications import Address, ChannelRefused, Composed, Words
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.secret import Secret
from esign.infra.settings import load_settings
from esign.infra.settings_reader import SettingsRefused
from esign.operations.witness_mail import WitnessLetters, WitnessMail, witness_beat
from esign.trail.publishing import CheckpointPublisher
from esign.trail.witness_file import read_witness_file, verify_witnessed
from tests.databases import *  # noqa: F403
from tests.unit.infra.message_boxes import Queue, Watch
from tests.vectors.trail.stored import LOG_KEY, ORIGIN, append, place

AUDITOR, INSURER = "auditor@audit.example", "reinsurer@re.example"


class Post:
    """A channel that keeps whom it was given what for."""

    name = "post"

    def __init__(self) -> None:
        self.sent: list[tuple[Address, Words]] = []

    def send(self, to: Address, message: Words) -> None:
        self.sent.append((to, message))


class Office:
    """A trail, its witnesses, and the mail to them."""

    def __init__(self, database: Database, authority: EmbeddedAuthority, witnesses: tuple[str, ...]) -> None:
        self.database, self.authority, self.post, self.watch = database, authority, Post(), Watch()
        letters = WitnessLetters(witnesses, lambda _session, _message: Composed(Address("1", None, ""), Words("", "")))
        self.box = MessageBox(database, self.post, letters, Queue(), clock=self.watch, lifetimes={})
        self.mail = WitnessMail(database, self.box, self.watch, witnesses, hours=24)

    def publish(self, stream: str = "env_1") -> None:
        append(self.database, stream, 2)
        place(self.database)
        CheckpointPublisher(ORIGIN, LOG_KEY, self.authority.timestamp_authority).publish(self.database)

    def send(self) -> list[str]:
        """Send what is due; return the states of all messages."""
        with self.database.reading() as session:
            due = self.box.due(session, self.watch.now)
        for message in due:
            self.box.send(message)
        with self.database.reading() as session:
            return list(session.scalars(select(Message.state).order_by(Message.id)))


@pytest.fixture
def office(database: Database, authority: EmbeddedAuthority) -> Office:
    return Office(database, authority, (AUDITOR, INSURER))


def test_every_witness_gets_the_newest_checkpoint_once_a_day(office: Office) -> None:
    assert office.mail.run() == 0  # nothing was published yet
    office.publish()
    assert office.mail.run() == 2
    assert office.mail.run() == 0
    assert office.send() == [SENT, SENT]
    assert sorted(str(to.email) for to, _words in office.post.sent) == [AUDITOR, INSURER]
    assert [to.phone for to, _words in office.post.sent] == [None, None]
    office.publish("env_2")
    assert office.mail.run() == 0
    office.watch.advance(timedelta(hours=24))
    assert office.mail.run() == 2


def test_the_line_in_the_letter_is_a_checkpoint_of_the_log(office: Office) -> None:
    office.publish()
    office.mail.run()
    office.send()
    _to, words = office.post.sent[0]
    assert words.subject == "检查点 checkpoint signing.insurer.example/trail/1: 2"
    (line,) = [line for line in words.text.splitlines() if line.startswith("esign-checkpoint/")]
    (found,) = verify_witnessed(read_witness_file(line.encode()), [LOG_KEY.public_key])
    assert found.signed.checkpoint.size == 2
    assert "请保存本邮件" in words.text
    assert "Please keep this mail" in words.text


def test_no_address_is_in_the_database_and_who_is_no_witness_any_more_gets_nothing(office: Office) -> None:
    office.publish()
    office.mail.run()
    with office.database.reading() as session:
        stored = [(one.person, one.facts, one.dedupe) for one in session.scalars(select(Message))]
    assert "@" not in str(stored)
    assert len(stored) == 2
    fewer = Office(office.database, office.authority, (AUDITOR,))
    assert sorted(fewer.send()) == [DEAD, SENT]
    assert [to.email for to, _words in fewer.post.sent] == [AUDITOR]


def test_other_messages_are_made_as_before(office: Office) -> None:
    with office.database.transaction() as session:
        office.box.put(session, dedupe="x", kind="copy", person="per_1", envelope=None, facts={}, at=office.watch.now)
    office.send()
    assert office.post.sent == [(Address("1", None, ""), Words("", ""))]


def test_a_witness_is_written_to_by_mail_alone() -> None:
    channel = AppriseChannel([Secret("jsons://sms.example/{phone}")], rules=OutgoingRules(()))
    with pytest.raises(ChannelRefused) as refusal:
        channel.send(Address(None, AUDITOR, ""), Words("", ""))
    assert refusal.value.code == "no-channel-for-person"


def test_the_settings_name_the_witnesses_and_how_often(office: Office, tmp_path: Path) -> None:
    written = {"ESIGN_DATA": str(tmp_path / "data"), "ESIGN_TRAIL_WITNESSES": f"{AUDITOR}, {INSURER}"}
    settings = load_settings(written).trail
    assert (settings.witnesses, settings.witness_hours) == ((AUDITOR, INSURER), 24)
    office.publish()
    beat = witness_beat(settings, office.database, office.box, office.watch)
    assert (beat.name, beat.run()) == ("witnesses", 2)
    for wrong in ("nobody", "a b@c", "a@b@c d", "@x"):
        with pytest.raises(SettingsRefused, match=r"trail\.witnesses has an entry \(number 1\)"):
            load_settings(written | {"ESIGN_TRAIL_WITNESSES": wrong})
