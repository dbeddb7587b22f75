"""Whatever two recipients, a client and the workers do in whatever order: refused in words, or a state of the table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope, commands, fold, next_actor
from esign.ceremony.domain.record import event_of
from esign.ceremony.domain.table import ENVELOPE_TABLE, RECIPIENT_TABLE
from esign.ceremony.domain.values import EnvelopeState, RecipientState
from esign.ceremony.entrance import Answer
from esign.ceremony.models import AcceptedSignature, DocumentRow, EnvelopeRow, RecipientRow
from esign.ceremony.tokens import TEST_CODE
from esign.errors import EsignError
from esign.infra.database import Database, open_database
from esign.pades.typeface import Typeface
from esign.trail.log import read_stream
from tests.databases import create_tables
from tests.examples import some_of
from tests.service import YE, YU, Desk, short_request, system_now
from tests.signers import handwriting_json
from tests.unit.ceremony.service_faults import Bench, bench, unavailable

PEOPLE = (YU, YE)
ALONE = ("work", "sign", "seal", "void", "tsa down", "retry", "sweep")
EACH = ("open", "code", "identify", "wrong", "read", "draw", "confirm", "decline", "play")


@dataclass
class Players:
    """Everybody's acts on one envelope, each under a name."""

    at: Bench
    envelope: Envelope
    tokens: list[str]

    @property
    def desk(self) -> Desk:
        return self.at.desk

    def act(self, name: str, number: int) -> None:
        whole: dict[str, Callable[[], object]] = {
            "work": lambda: self.desk.work(at_most=8),
            "sign": lambda: self.desk.step("sign"),
            "seal": lambda: self.desk.step("seal"),
            "void": lambda: self._change(commands.Void(at=system_now(), by="usr_staff", reason="mistake")),
            "tsa down": lambda: self.at.timestamps.before.append(unavailable()),
            "retry": self._retry,
            "sweep": lambda: (self.at.service.deadlines.run(), self.at.service.put_due_jobs()),
        }
        if name in whole:
            whole[name]()
            return
        person, link, token = PEOPLE[number], self.desk.link(self.envelope, number), self.tokens[number]
        entrance, ceremony = self.at.service.entrance, self.at.service.ceremony
        answer = Answer(TEST_CODE, person.name, person.id_number[-4:] if person.id_number else None)
        of_one: dict[str, Callable[[], object]] = {
            "open": lambda: entrance.open(link),
            "code": lambda: entrance.send_code(link),
            "wrong": lambda: entrance.identify(link, replace(answer, code="000000")),
            "read": lambda: self.desk.read(token),
            "draw": lambda: ceremony.draw(token, handwriting_json(number)),
            "confirm": lambda: ceremony.confirm(token),
            "decline": lambda: ceremony.decline(token, "other", "自己的话"),
        }
        if name == "identify":
            self.tokens[number] = entrance.identify(link, answer)
        elif name == "play":
            self.tokens[number] = self.desk.play(self.envelope, number, person)
        else:
            of_one[name]()

    def _retry(self) -> None:
        attempt = self.desk.envelope(self.envelope.id).seal_attempt
        self._change(commands.RetrySeal(at=system_now(), attempt=attempt, by="usr_operator"))

    def _change(self, command: commands.Command) -> None:
        self.at.service.envelopes.change(self.envelope.id, lambda _session, _now: command, actor="user:usr_staff")


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        opened = open_database(f"sqlite:///{folder}/esign.db")
        create_tables(opened)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def players_bench(
    database: Database,
    tmp_path_factory: pytest.TempPathFactory,
    authority: EmbeddedAuthority,
    typeface: Typeface,
) -> Bench:
    folder: Path = tmp_path_factory.mktemp("players")
    return bench(database, folder, authority, typeface)


ACTS = st.one_of(
    st.tuples(st.sampled_from(ALONE), st.just(0)),
    st.tuples(st.sampled_from(EACH), st.sampled_from((0, 1))),
    st.tuples(st.sampled_from(("play", "work", "sign")), st.sampled_from((0, 1))),
)


@settings(max_examples=some_of(20), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=3, max_size=14))
def test_no_sequence_of_acts_leads_out_of_the_table(
    players_bench: Bench, contract: bytes, acts: list[tuple[str, int]]
) -> None:
    envelope = players_bench.desk.create(short_request(contract, *PEOPLE))
    players = Players(players_bench, envelope, ["", ""])
    for name, number in acts:
        try:
            players.act(name, number)
        except EsignError:
            continue  # refused, in words; anything else fails here
    assert_sound(players_bench, envelope)
    players_bench.timestamps.before.clear()
    players_bench.desk.work()
    after = assert_sound(players_bench, envelope)
    assert players_bench.desk.tasks() == []
    assert RecipientState.CONFIRMED not in {one.state for one in after.recipients} or after.ended
    assert after.state is not EnvelopeState.SEALING


def assert_sound(at: Bench, envelope: Envelope) -> Envelope:
    """The state is one of the table, is the fold of the events, and is what the rows say; return it."""
    after = at.desk.envelope(envelope.id)
    assert after.state in ENVELOPE_TABLE
    assert all(one.state in RECIPIENT_TABLE for one in after.recipients)
    assert next_actor(after)
    with at.database.reading() as session:
        assert fold(map(event_of, read_stream(session, envelope.id))) == after
        row = session.get_one(EnvelopeRow, envelope.id)
        assert (row.state, row.version) == (after.state.value, len(read_stream(session, envelope.id)))
        for recipient in after.recipients:
            projected = session.get_one(RecipientRow, recipient.id)
            assert (projected.state, projected.device) == (recipient.state.value, recipient.session.device)
            signed = session.scalars(select(AcceptedSignature).where(AcceptedSignature.recipient == recipient.id)).all()
            assert len(signed) == (recipient.signature is not None)
        for document in after.documents:
            stored = session.get_one(DocumentRow, document.plan.id)
            assert (stored.current, stored.sealed) == (document.current, document.sealed)
    return after
