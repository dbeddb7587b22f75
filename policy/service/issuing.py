"""The contract is issued: set under its number, sealed by the insurer to B-LTA, stored, and only then recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from esign.public.documents import SealedDocument, WrittenBlob
from esign.public.envelopes import Envelope
from esign.public.events import read_stream
from esign.public.people import SearchField
from esign.public.rows import new_id
from policy.documents import policy_contract
from policy.documents.places import SEAL_PLACE
from policy.documents.values import Application, Issue, SignatureLine
from policy.domain import commands as c
from policy.domain.state import Proposal as State
from policy.domain.values import ProposalState, day_of
from policy.errors import PolicyTrailBroken
from policy.models import Contract
from policy.service.applications import application_of
from policy.service.delivery_note import KIND, PREFIX, encode_note, note_of
from policy.service.entering import found_by_of
from policy.service.hearing import signing_times
from policy.service.numbers import NumberKind, take_number
from policy.service.office import ACTOR, Office
from policy.service.projection import ProposalChange

ROLE_WORDS = {"applicant": "投保人", "insured": "被保险人", "guardian": "监护人", "agent": "销售人员"}
BY_TABLE, BY_PERSON = "由核保规则自动核保，标准承保", "由核保人员审核承保"


class Issuing:
    """Issues contracts."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def issue(self, proposal: str) -> None:
        """Issue the contract of a paid proposal, effective on the same day (T+0).

        Setting and sealing take seconds. Raises what `RoomDocuments.seal` raises; `RecordErased`, `BlobError`.
        """
        house = self._office.house
        with house.database.transaction() as session:
            state = self._office.get(session, proposal)
            if state.state is not ProposalState.PAID:
                return
            now = house.clocks.now(session, state.client or "")
            today = day_of(now)
            number = take_number(session, NumberKind.POLICY, proposal, today)
        with house.database.reading() as session:
            application = application_of(self._office, session, proposal, state)
            paid = paid_on(session, proposal, state)
            issue = self._issue(session, state, application, number, now, paid)
        pdf = policy_contract(application, issue, house.typeface)
        name = f"{application.product.name.zh}保险合同 {number}.pdf"
        sealed = house.documents.seal(name, pdf, about=proposal, place=SEAL_PLACE)
        written = house.documents.write(sealed.content)
        document, noted = new_id("con", now), new_id(PREFIX, now)
        content = application.proposal

        def command(session: Session, _state: State) -> c.Command:
            del session
            return c.Issue(
                at=now,
                policy=number,
                effective_on=issue.effective_on,
                applied_on=content.applied_on,
                document=document,
                contract=sealed.sha256,
                note=noted,
                delivery=content.delivery,
            )

        def keep(session: Session, change: ProposalChange) -> None:
            if change.events:
                self._keep(session, proposal, document, sealed, written)
                self._note(session, proposal, noted, application, issue)

        self._office.change(proposal, command, actor=ACTOR, beside=keep)

    def _keep(
        self, session: Session, proposal: str, document: str, sealed: SealedDocument, written: WrittenBlob
    ) -> None:
        house = self._office.house
        house.documents.keep(session, document, written)
        session.add(
            Contract(
                id=document,
                proposal=proposal,
                made_at=house.clock(),
                sha256=sealed.sha256,
                size=written.size,
                blob=written.name,
                record=document,
            )
        )

    def _note(self, session: Session, proposal: str, record: str, application: Application, issue: Issue) -> None:
        """Keep what whoever delivers the contract has to know, found by the people who are named in it."""
        content, product = application.proposal, application.product
        name = product.name.en if content.applicant.locale == "en" else product.name.zh
        note = note_of(
            content,
            policy=issue.number,
            product=name,
            underwritten_on=underwritten_on(session, proposal),
            effective_on=issue.effective_on,
            hesitation_days=product.hesitation_days,
        )
        found_by = list(dict.fromkeys([*found_by_of(content.applicant), (SearchField.NAME, content.insured.name)]))
        at = self._office.house.clock()
        self._office.house.records.keep(session, record, KIND, encode_note(note), at=at, find_by=found_by)

    def _issue(
        self, session: Session, state: State, application: Application, number: str, now: datetime, paid: date
    ) -> Issue:
        signed = state.signed
        if signed is None:
            raise PolicyTrailBroken(
                "trail-broken", "a paid proposal was never signed", "compare it with an exported trail"
            )
        envelope = self._office.house.envelopes.get(session, signed.envelope)
        loading = () if state.offer is None else (f"本合同按标准保险费加收百分之{state.offer.loading}承保。",)
        today = day_of(now)
        return Issue(
            number=number,
            issued_on=today,
            effective_on=today,
            paid_on=paid,
            signed_sha256=signed.document,
            signatures=self._signatures(session, envelope, application),
            underwritten=BY_PERSON if state.decided_cases else BY_TABLE,
            agreements=loading,
        )

    def _signatures(self, session: Session, envelope: Envelope, application: Application) -> tuple[SignatureLine, ...]:
        content = application.proposal
        names = {"applicant": content.applicant.name, "insured": content.insured.name, "agent": content.sales.name}
        if content.guardian is not None:
            names["guardian"] = content.guardian.party.name
        times = signing_times(session, envelope.id)
        return signature_lines(envelope, names, times)


def signature_lines(
    envelope: Envelope, names: Mapping[str, str], times: Mapping[str, datetime]
) -> tuple[SignatureLine, ...]:
    """Return the signatures on an envelope's document; `names` are those of each role, `times` those of recipients."""
    return tuple(
        SignatureLine(ROLE_WORDS[one.plan.role.value], names[one.plan.role.value], times[one.id])
        for one in envelope.recipients
        if one.id in times
    )


def underwritten_on(session: Session, proposal: str) -> date:
    """Return the day of the decision that accepted the proposal: the table's, or a person's after it.

    Raises `PolicyTrailBroken`.
    """
    for event in reversed(read_stream(session, proposal)):
        if event.type in ("underwriting.decided", "case.decided"):
            return day_of(event.time)
    raise PolicyTrailBroken("trail-broken", "nobody underwrote an issued proposal", "compare it with an exported trail")


def paid_on(session: Session, proposal: str, state: State) -> date:
    """Return the day on which the premium was taken: issuing may come later. Raises `PolicyTrailBroken`."""
    debit = None if state.collected is None else state.collected.id
    for event in reversed(read_stream(session, proposal)):
        if event.type == "debit.collected" and event.payload["debit"] == debit:
            return day_of(event.time)
    raise PolicyTrailBroken("trail-broken", "nobody paid for a paid proposal", "compare it with an exported trail")
