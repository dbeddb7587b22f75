"""Service requests are entered: checked against what is in force, computed, kept sealed, known by the client's name."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from esign.public.events import ConcurrentChange, retried
from esign.public.people import RecordErased, SearchField
from esign.public.rows import new_id
from esign.public.values import encode_canonical
from policy.documents.values import AddressChange, BeneficiaryChange, Change
from policy.domain import Proposal as State
from policy.domain.refusal import refusal
from policy.domain.request_events import RequestKind
from policy.domain.requests import EnterRequest, RefuseRequest, RequestState
from policy.domain.values import ProposalState, Signer, day_of
from policy.errors import PolicyRefused
from policy.models import RequestName
from policy.products.catalogue import Product
from policy.proposal import Proposal
from policy.proposing.findings import Finding, WishRefused
from policy.proposing.request_checks import wish_findings
from policy.proposing.signers import consenting, party_of
from policy.refusals import refused
from policy.requests.paying_back import cancellation, policy_of, surrender
from policy.requests.register import Register
from policy.requests.sending import NOT_SIGNED, is_over
from policy.service.in_force import in_force
from policy.service.numbers import NumberKind, take_number
from policy.service.office import ACTOR
from policy.service.request_records import encode_change, new_salt, salt_of
from policy.service.streams import REQUEST
from policy.wish import Wish


@dataclass(frozen=True)
class Entered:
    """The request's id, and whether it was there already: the same wish under the same external id."""

    request: str
    existed: bool


@dataclass(frozen=True)
class Look:
    """A policy as somebody is about to ask for a change of it: the proposal's state and what is in force, on a day."""

    state: State
    content: Proposal = field(repr=False)
    product: Product
    now: datetime

    @property
    def day(self) -> date:
        return day_of(self.now)

    @property
    def consenting(self) -> Signer:
        """Who agrees for the insured's side."""
        return consenting(self.content, self.day)


class Requesting:
    """Takes service requests."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._office = register.office

    def look(self, session: Session, proposal: str) -> Look:
        """Return a policy that runs. Raises `PolicyRefused` (`no-proposal`, or the name of the state where it does not
        run), `RecordErased`."""
        state = self._office.get(session, proposal)
        if state.state is not ProposalState.ISSUED:
            raise refusal(f"proposal-{state.state.value}")
        now = self._office.house.clocks.now(session, self._office.client_of(state.client))
        content = in_force(self._office, session, proposal, state)
        return Look(state, content, self._office.product(state), now)

    def findings(self, look: Look, wish: Wish) -> tuple[Finding, ...]:
        """Return everything that is the matter with a wish."""
        return wish_findings(wish, look.content, look.product, look.day, self._office.typefaces)

    def change(self, look: Look, wish: Wish) -> Change:
        """Return what a wish with which nothing is the matter changes, and pays back.

        Raises `PolicyRefused`: `hesitation-over`, `cancel-instead`, `insured-unreachable`.
        """
        if wish.kind is RequestKind.ADDRESS:
            return AddressChange(wish.address, wish.phone, wish.email)
        if wish.kind is RequestKind.BENEFICIARY:
            part = look.consenting
            if not party_of(look.content, part).phone:
                raise refused("insured-unreachable")
            guardian = party_of(look.content, part).name if part is Signer.GUARDIAN else None
            return BeneficiaryChange(
                before=look.content.beneficiaries,
                after=wish.beneficiaries or (),
                insured_signs=part is Signer.INSURED,
                guardian=guardian,
            )
        _require_period(wish.kind, look)
        if wish.kind is RequestKind.CANCELLATION:
            return cancellation(look.state, look.content)
        return surrender(look.state, look.content, look.product, look.day)

    def enter(
        self,
        client: str | None,
        proposal: str,
        wish: Wish,
        *,
        external_id: str | None,
        actor: str,
        by: str | None = None,
    ) -> Entered:
        """Take a request that can be taken. `client` is who asks: a client of the API, None where the member of staff
        `by` does.

        Raises `WishRefused` with everything that is the matter, `PolicyRefused` (`request-name-taken`, `request-open`,
        and as `look` and `change`), `ConcurrentChange`.
        """
        owner = self._office.client_of(client)
        if external_id is not None and (found := self._existing(owner, external_id, proposal, wish)):
            return found
        database = self._office.house.database
        with database.reading() as session:
            look = self.look(session, proposal)
        if findings := self.findings(look, wish):  # fonts are read for it, which takes a while
            raise WishRefused(findings)
        change = self.change(look, wish)

        def work(session: Session) -> str:
            self._office.proposals.hold(session, proposal)
            salt = new_salt()
            request = self._record(session, proposal, look, wish, change, salt, actor, by)
            if external_id is not None:
                asked = _digest(proposal, wish, salt)
                session.add(RequestName(client=owner, external_id=external_id, request=request, asked=asked))
            return request

        try:
            return Entered(retried(database, work), existed=False)
        except (IntegrityError, PolicyRefused):
            # Two requests under one external id at once: the other one was first, and is open.
            if external_id is not None and (found := self._existing(owner, external_id, proposal, wish)):
                return found
            raise

    def _existing(self, client: str, external_id: str, proposal: str, wish: Wish) -> Entered | None:
        """Return what was entered under the name. Raises `PolicyRefused` (`request-name-taken`), also where it was
        erased: nobody can tell any more what was asked for."""
        with self._office.house.database.reading() as session:
            known = session.scalars(select(RequestName).filter_by(client=client, external_id=external_id)).one_or_none()
            if known is None:
                return None
            try:
                kept = self._office.house.records.read(session, self._register.get(session, known.request).record)
            except RecordErased:
                raise refused("request-name-taken") from None
        if known.asked != _digest(proposal, wish, salt_of(kept)):
            raise refused("request-name-taken")
        return Entered(known.request, existed=True)

    def _record(
        self,
        session: Session,
        proposal: str,
        look: Look,
        wish: Wish,
        change: Change,
        salt: str,
        actor: str,
        by: str | None,
    ) -> str:
        found = self.look(session, proposal)
        # Amounts, who signs and what can be asked for follow from the day, which has to be the one that is recorded.
        if (found.state.policy, found.content, found.day) != (look.state.policy, look.content, look.day):
            raise ConcurrentChange(
                "stream-changed",
                f"the policy of {proposal} was changed while a request about it was read",
                "ask again: what is in force is another thing now",
            )
        self._require_none_open(session, proposal, wish.kind, found.now)
        policy = policy_of(found.state)
        request, record = new_id(REQUEST, found.now), new_id("rqc", found.now)
        encoded = encode_change(wish.kind, change, salt)
        self._office.house.records.keep(
            session, record, "service-request", encoded, at=found.now, find_by=_found_by(look, change)
        )
        take_number(session, NumberKind.REQUEST, request, found.day)
        command = EnterRequest(
            at=found.now,
            kind=wish.kind,
            proposal=proposal,
            policy=policy.number,
            record=record,
            digest=sha256(encoded).hexdigest(),
            insured=found.consenting,
            hesitation_ends=policy.hesitation_ends,
            by=by,
        )
        self._register.execute(session, request, command, actor=actor)
        return request

    def _require_none_open(self, session: Session, proposal: str, kind: RequestKind, now: datetime) -> None:
        """One request of a kind is open at a time; one that was not signed in its days gives way."""
        for row in self._register.open_of(session, proposal):
            if row.kind != kind.value:
                continue
            if row.state != RequestState.ENTERED.value or not is_over(row.asked_on, day_of(now)):
                raise refused("request-open", (row.id,))
            self._register.execute(session, row.id, RefuseRequest(at=now, reason=NOT_SIGNED), actor=ACTOR)


def _require_period(kind: RequestKind, look: Look) -> None:
    """As the domain does when it is entered: so that nobody is shown amounts that nobody can have."""
    ends = policy_of(look.state).hesitation_ends
    if kind is RequestKind.CANCELLATION and ends is not None and look.day > ends:
        raise refusal("hesitation-over", (ends.isoformat(),))
    if kind is RequestKind.SURRENDER and (ends is None or look.day <= ends):
        raise refusal("cancel-instead")


def _found_by(look: Look, change: Change) -> list[tuple[SearchField, str]]:
    """By whom the record is found: those who sign, and by a phone that the applicant has from now on."""
    parties = {party_of(look.content, part) for part in (Signer.APPLICANT, look.consenting)}
    found = [
        pair for party in parties for pair in ((SearchField.NAME, party.name), (SearchField.ID_NUMBER, party.id_number))
    ]
    if isinstance(change, AddressChange) and change.phone:
        found.append((SearchField.PHONE, change.phone))
    return list(dict.fromkeys(found))


def _digest(proposal: str, wish: Wish, salt: str) -> str:
    """Return by what the same wish is known again; without the salt, which goes with the record, nobody guesses it."""
    asked = asdict(wish) | {"kind": wish.kind.value, "proposal": proposal}
    if wish.beneficiaries is not None:
        asked["beneficiaries"] = [asdict(one) | {"is_insureds": one.is_insureds.value} for one in wish.beneficiaries]
    return sha256(encode_canonical(asked | ({"salt": salt} if salt else {}))).hexdigest()
