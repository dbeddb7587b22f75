"""What the parts of the room share: what is open for it, the streams, the bank, and what follows a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sqlalchemy.orm import Session

from esign.public.events import retried
from esign.public.house import House
from esign.public.typesetting import Typeface
from policy.bank.port import DebitPort
from policy.domain import Actor, Proposal, next_moves
from policy.domain.commands import Command
from policy.domain.events import ProposalWithdrawn
from policy.domain.refusal import refusal
from policy.errors import PolicyDataBroken
from policy.products.catalogue import Catalogue, Product
from policy.proposal import Proposal as Content
from policy.proposing.content import parse_proposal
from policy.service.projection import ProposalChange
from policy.service.streams import ProposalStreams, RequestStreams, proposal_streams, request_streams
from policy.typefaces import printed_typefaces

ADVANCE: Final = "advance"
RECALL: Final = "recall"
HEAR: Final = "hear"
HEAR_REQUESTS: Final = "hear-requests"
RECEIVE: Final = "receive"
CARRY_OUT: Final = "carry-out"
"""The kinds of the tasks that do what the service itself has to do about a proposal, and that withdraw the envelope of
one that was withdrawn; of those that take down again what was set aside, of envelopes and of receipts; and that do what
a signed service request asks for."""
ACTOR: Final = "system:policy"
DEBIT: Final = "dbt"
REFUND: Final = "rfd"
"""What begins the ids of debits and refunds."""

CommandOf = Callable[[Session, Proposal], Command]


@dataclass(frozen=True)
class Office:
    """Reads and changes proposals; whatever a change leaves to the service is entered as a task, beside it."""

    house: House
    catalogue: Catalogue
    bank: DebitPort
    proposals: ProposalStreams = field(default_factory=proposal_streams)
    requests: RequestStreams = field(default_factory=request_streams)

    @cached_property
    def typefaces(self) -> tuple[Typeface, ...]:
        """What documents are set in. Raises `EsignError` (`document-fonts-missing`)."""
        return printed_typefaces(self.house.typeface)

    def client_of(self, client: str | None) -> str:
        """Return whose envelopes a proposal's are: the client's, or where staff entered it the room's own."""
        return client or self.house.envelopes.own_client

    def get(self, session: Session, proposal: str) -> Proposal:
        """Return the proposal as it stands. Raises `PolicyRefused` (`no-proposal`)."""
        state = self.proposals.read(session, proposal).state
        if state is None:
            raise refusal("no-proposal")
        return state

    def content(self, session: Session, state: Proposal) -> Content:
        """Return what is proposed. Raises `RecordErased`, `PolicyDataBroken`."""
        return parse_proposal(self.house.records.read(session, state.contents.record))

    def product(self, state: Proposal) -> Product:
        """Return the product version that is proposed. Raises `PolicyDataBroken` (`product-missing`)."""
        contents = state.contents
        found = self.catalogue.find(contents.product, contents.product_version)
        if found is None:
            raise PolicyDataBroken(
                "product-missing",
                f"the file of {contents.product} {contents.product_version} is missing, of which proposals are kept",
                "restore it in policy/data/products",
            )
        return found

    def execute(self, session: Session, proposal: str, *commands: Command, actor: str) -> ProposalChange:
        """Execute the commands in the caller's transaction. Raises `PolicyRefused`, `ConcurrentChange`."""
        change = self.proposals.execute(session, proposal, *commands, actor=actor)
        before, after = change.before, change.after
        if after is not None and any(one.actor is Actor.SERVICE for one in next_moves(after)):
            signed = None if after.signed is None else after.signed.envelope
            self.house.tasks.add(session, ADVANCE, proposal, envelope=after.envelope or signed)
        if before is not None and before.envelope is not None and _is_withdrawn(change):
            self.house.tasks.add(session, RECALL, before.envelope, envelope=before.envelope)
        return change

    def change(
        self,
        proposal: str,
        command_of: CommandOf,
        *,
        actor: str,
        beside: Callable[[Session, ProposalChange], object] | None = None,
    ) -> ProposalChange:
        """Execute what `command_of` makes of the proposal as it stands, in a transaction of its own.

        `beside` is done last in it. Raises `PolicyRefused`, and `ConcurrentChange` if others keep coming first.
        """

        def work(session: Session) -> ProposalChange:
            self.proposals.hold(session, proposal)
            change = self.execute(session, proposal, command_of(session, self.get(session, proposal)), actor=actor)
            if beside is not None:
                beside(session, change)
            return change

        return retried(self.house.database, work)


def _is_withdrawn(change: ProposalChange) -> bool:
    return any(isinstance(event, ProposalWithdrawn) for event in change.events)
