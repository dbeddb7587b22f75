"""Making envelopes: what is refused leaves nothing behind, and one external id is one envelope."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ca.authority import EmbeddedAuthority
from esign.ceremony.about import read_about
from esign.ceremony.creation import Created, DocumentRequest, EnvelopeRequest, Owner, RecipientRequest
from esign.ceremony.domain.values import RecipientRole, RecipientState
from esign.ceremony.models import (
    ConsentTextRow,
    DocumentPiece,
    DocumentRow,
    EnvelopeKeyRow,
    EnvelopeRow,
    RecipientRow,
)
from esign.ceremony.people import Person
from esign.errors import EsignError
from esign.infra.database import Database
from esign.infra.models import DataKey, PersonalRecord, SearchEntry
from esign.pades.fields import AtAnchor, DefaultPlace, InField, OnPage
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.trail.models import TrailEvent
from tests.databases import *  # noqa: F403
from tests.documents import contract_with_field
from tests.service import CLIENT, YE, YU, Desk, ports_for, request, short_request, system_now
from tests.unit.ceremony.service_faults import Fall

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LEFT_BY_AN_ENVELOPE = (
    EnvelopeRow,
    RecipientRow,
    DocumentRow,
    DocumentPiece,
    EnvelopeKeyRow,
    ConsentTextRow,
    PersonalRecord,
    SearchEntry,
    DataKey,
    TrailEvent,
)
AGENT = Person("吴经理", "13800000009")


@pytest.fixture
def desk(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    return Desk(assemble(ports_for(database, tmp_path, authority, typeface)))


def rows(desk: Desk) -> dict[str, int]:
    """Return how many rows there are of everything that an envelope leaves, where there are any."""
    with desk.service.ports.database.reading() as session:
        counted = {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in LEFT_BY_AN_ENVELOPE
        }
    return {name: number for name, number in counted.items() if number}


def people(*recipients: RecipientRequest) -> Callable[[EnvelopeRequest], EnvelopeRequest]:
    return lambda usual: replace(usual, recipients=list(recipients))


APPLICANT = RecipientRequest(RecipientRole.APPLICANT, YU)
REFUSED: dict[str, Callable[[EnvelopeRequest], EnvelopeRequest]] = {
    "document-not-pdf": lambda usual: replace(usual, documents=[DocumentRequest("x.pdf", b"not a document")]),
    "anchor-not-found": people(replace(APPLICANT, place=AtAnchor("没有这几个字"))),
    "field-missing": people(replace(APPLICANT, place=InField("no-such-field"))),
    "field-page-missing": people(replace(APPLICANT, place=OnPage(9, (50, 50, 250, 120)))),
    "document-unknown": people(replace(APPLICANT, document=1)),
    "plan-documents": lambda usual: replace(usual, documents=[*usual.documents, *usual.documents]),
    "phone-of-agent": people(APPLICANT, RecipientRequest(RecipientRole.AGENT, replace(AGENT, phone=YU.phone))),
    "name-not-printable": people(replace(APPLICANT, person=replace(YU, name="于文山\U0001f600"))),
    "plan-expiry": lambda usual: replace(
        usual, settings=replace(usual.settings, expires_at=system_now() - timedelta(seconds=1))
    ),
    "plan-settings": lambda usual: replace(usual, settings=replace(usual.settings, identity_levels=())),
}


@pytest.mark.parametrize("case", REFUSED)
@ON_SQLITE
def test_what_is_refused_leaves_no_row_record_or_key(desk: Desk, contract: bytes, case: str) -> None:
    with pytest.raises(EsignError) as refused:
        desk.service.maker.create(CLIENT, REFUSED[case](request(contract)), now=system_now())
    assert refused.value.code == case
    assert rows(desk) == {}


def test_what_falls_beside_a_creation_takes_it_back(desk: Desk, contract: bytes) -> None:
    def fall(_session: object, _envelope: str) -> None:
        raise Fall

    with pytest.raises(Fall):
        desk.service.maker.create(CLIENT, request(contract), now=system_now(), beside=fall)
    assert rows(desk) == {}
    assert desk.messages.kinds() == ["invitation", "invitation"]  # the recording one knows of no transaction


def test_the_same_request_under_one_external_id_is_one_envelope(desk: Desk, contract: bytes) -> None:
    wanted = short_request(contract, YU, external_id="policy-2026-000117")
    first = desk.service.maker.create(CLIENT, wanted, now=system_now())
    before = rows(desk)
    again = desk.service.maker.create(CLIENT, wanted, now=system_now())
    assert (first.existed, again) == (False, Created(first.envelope, existed=True))
    assert rows(desk) == before
    with pytest.raises(EsignError) as taken:
        desk.service.maker.create(CLIENT, replace(wanted, title="另一份合同"), now=system_now())
    assert taken.value.code == "external-id-taken"
    other = desk.service.maker.create("cli_other000000000000000000000", wanted, now=system_now())
    assert other.envelope != first.envelope


def test_what_the_caller_says_was_asked_decides_what_is_the_same(desk: Desk, contract: bytes) -> None:
    wanted = short_request(contract, YU, external_id="policy-2026-000117", asked="a" * 64)
    first = desk.service.maker.create(CLIENT, wanted, now=system_now())
    later = replace(wanted, settings=replace(wanted.settings, expires_at=system_now() + timedelta(days=20)))
    assert desk.service.maker.create(CLIENT, later, now=system_now()).envelope == first.envelope


def test_two_requests_at_once_with_one_external_id_make_one_envelope(desk: Desk, contract: bytes) -> None:
    wanted = short_request(contract, YU, external_id="policy-2026-000117")
    assert {one.envelope for one in at_once(desk, wanted, wanted)} == {desk_envelopes(desk)[0]}
    assert len(desk_envelopes(desk)) == 1


def test_two_requests_at_once_may_bring_one_text_for_the_first_time(desk: Desk, contract: bytes) -> None:
    wanted = request(contract, recipients=[APPLICANT])
    assert len({one.envelope for one in at_once(desk, wanted, wanted)}) == 2


def at_once(desk: Desk, *wanted: EnvelopeRequest) -> list[Created]:
    """Make the envelopes in threads that meet before their transactions; return what came of them."""
    maker, together = desk.service.maker, threading.Barrier(len(wanted))
    made: list[Created] = []
    failures: list[BaseException] = []
    real = maker._record

    def record(*arguments: object) -> None:
        together.wait(20)
        real(*arguments)  # type: ignore[arg-type]

    maker._record = record  # type: ignore[method-assign,assignment]

    def make(one: EnvelopeRequest) -> None:
        try:
            made.append(maker.create(CLIENT, one, now=system_now()))
        except BaseException as error:  # noqa: BLE001  # looked at below
            failures.append(error)

    threads = [threading.Thread(target=make, args=(one,)) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return made


def desk_envelopes(desk: Desk) -> list[str]:
    with desk.service.ports.database.reading() as session:
        return list(session.scalars(select(EnvelopeRow.id)))


@ON_SQLITE
def test_a_phone_of_the_agents_is_known_however_it_is_written(desk: Desk, contract: bytes) -> None:
    agent = RecipientRequest(RecipientRole.AGENT, replace(AGENT, phone="+8613800000001"))
    with pytest.raises(EsignError) as refused:
        desk.create(short_request(contract, recipients=[APPLICANT, agent]))
    assert refused.value.code == "phone-of-agent"
    desk.create(short_request(contract, recipients=[APPLICANT, replace(agent, person=AGENT)]))


@ON_SQLITE
def test_a_phone_of_staff_is_no_customers_and_may_be_an_agents(
    database: Database, contract: bytes, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface
) -> None:
    ports = replace(
        ports_for(database, tmp_path, authority, typeface),
        is_staff_phone=lambda _session, phone: phone in {YU.phone, AGENT.phone},
    )
    office = Desk(assemble(ports))
    with pytest.raises(EsignError) as refused:
        office.create(short_request(contract, recipients=[APPLICANT]))
    assert refused.value.code == "phone-of-staff"
    assert rows(office) == {}
    other = replace(APPLICANT, person=YE)
    office.create(short_request(contract, recipients=[other, RecipientRequest(RecipientRole.AGENT, AGENT)]))


@ON_SQLITE
def test_groups_are_invited_in_their_order_and_copies_at_the_end(desk: Desk, contract: bytes) -> None:
    copy = RecipientRequest(RecipientRole.COPY, AGENT)
    second = RecipientRequest(RecipientRole.INSURED, YE, group=2)
    envelope = desk.create(short_request(contract, recipients=[copy, second, APPLICANT]))
    assert [one.state for one in envelope.recipients] == [
        RecipientState.PENDING,
        RecipientState.PENDING,
        RecipientState.SENT,
    ]
    desk.play(envelope, 2, YU)
    desk.work()
    assert desk.recipient(envelope, 1).state is RecipientState.SENT
    desk.play(envelope, 1, YE)
    desk.work()
    assert desk.recipient(envelope, 0).state is RecipientState.SENT
    assert desk.messages.kinds() == ["invitation", "code", "invitation", "code", "copy", "copy", "copy"]


@ON_SQLITE
def test_signatures_stand_where_they_were_placed(desk: Desk, contract: bytes) -> None:
    wanted = short_request(
        contract,
        documents=[
            DocumentRequest("places.pdf", contract, seal=OnPage(2, (50, 50, 200, 130))),
            DocumentRequest("fields.pdf", contract_with_field("Signature1"), seal=DefaultPlace("保险人签章")),
        ],
        recipients=[
            RecipientRequest(RecipientRole.APPLICANT, YU, place=OnPage(2, (50, 300, 290, 380))),
            RecipientRequest(RecipientRole.INSURED, YE, place=AtAnchor("被保险人签名")),
            RecipientRequest(RecipientRole.WITNESS, AGENT, place=DefaultPlace("没有的字")),
            RecipientRequest(RecipientRole.APPLICANT, YU, document=1, place=InField("Signature1")),
            RecipientRequest(RecipientRole.APPLICANT, YE, document=1),
        ],
    )
    envelope = desk.create(wanted)
    assert [one.plan.field for one in envelope.recipients] == [
        "applicant",
        "insured",
        "witness",
        "Signature1",
        "applicant-2",
    ]
    for number, person in enumerate((YU, YE, AGENT, YU, YE)):
        desk.play(envelope, number, person)
        desk.work()
    assert desk.envelope(envelope.id).state.value == "completed"


@ON_SQLITE
def test_a_draft_invites_nobody_and_keeps_what_it_is_called(desk: Desk, contract: bytes) -> None:
    envelope = desk.create(short_request(contract, YU, send=False))
    assert envelope.state.value == "draft"
    assert desk.messages.kinds() == []
    with desk.service.ports.database.reading() as session:
        about = read_about(desk.service.records, session, envelope.id)
    assert about.title == "鸿福一生终身寿险合同"
    assert [one.name for one in about.documents.values()] == ["合同.pdf"]


@ON_SQLITE
def test_an_envelope_has_the_salesperson_and_the_institution_that_the_staff_room_found(
    database: Database, contract: bytes, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface
) -> None:
    ports = replace(
        ports_for(database, tmp_path, authority, typeface),
        find_owner=lambda _session, owner: None if owner.salesperson == "usr_gone" else Owner("ins_east", "usr_shen"),
    )
    office = Desk(assemble(ports))
    asked = short_request(contract, recipients=[APPLICANT])
    created = office.create(replace(asked, owner=Owner(salesperson="usr_shen")))
    with database.reading() as session:
        row = session.get_one(EnvelopeRow, created.id)
    assert (created.institution, created.salesperson) == (row.institution, row.salesperson) == ("ins_east", "usr_shen")
    with pytest.raises(EsignError) as refused:
        office.create(replace(asked, owner=Owner(salesperson="usr_gone")))
    assert refused.value.code == "salesperson-unknown"
