"""What the service itself has to do about a proposal, one step after another, until somebody else acts next.

The task is entered beside the event that leaves something to do, and each step ends in an event, so a fall between two
steps repeats one that did nothing yet. A sweep finds proposals that no task remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from sqlalchemy import select

from esign.public.work import log_for
from policy.domain import Actor, Move, next_moves
from policy.errors import GoesNotOn
from policy.models import ProposalRow
from policy.service.issuing import Issuing
from policy.service.money import Money
from policy.service.office import ADVANCE, Office
from policy.underwriting.assessing import Assessing
from policy.visits.inviting import Inviting

STEPS_AT_MOST: Final = 12
"""From signed to issued it takes five; more than this in one go is a fault, and left for the next look."""
SWEPT_AT_ONCE: Final = 500

Step: TypeAlias = Callable[[str, Move], None]

_log = log_for(__name__)


class Advancing:
    """Does the steps of proposals."""

    def __init__(self, office: Office, money: Money) -> None:
        assessing, issuing, inviting = Assessing(office), Issuing(office), Inviting(office)
        self._office = office
        self._steps: Mapping[str, Step] = {
            "underwrite": lambda proposal, _move: assessing.underwrite(proposal),
            "order-debit": lambda proposal, _move: money.order_debit(proposal),
            "await-bank": lambda proposal, move: money.collect(proposal, move.about or ""),
            "ask-bank": lambda proposal, move: money.ask(proposal, move.about or ""),
            "order-refund": lambda proposal, move: money.refund(proposal, move.about or ""),
            "ask-bank-refund": lambda proposal, move: money.refund(proposal, move.about or ""),
            "issue": lambda proposal, _move: issuing.issue(proposal),
            "invite-visit": lambda proposal, _move: inviting.invite(proposal),
        }

    def advance(self, proposal: str) -> None:
        """Do all that the service has to do now; the work of the task. Raises what hinders it: it is tried again."""
        for _ in range(STEPS_AT_MOST):
            with self._office.house.database.reading() as session:
                moves = next_moves(self._office.get(session, proposal))
            ours = next((move for move in moves if move.actor is Actor.SERVICE), None)
            if ours is None:
                return
            self._steps[ours.act](proposal, ours)

    def give_up(self, proposal: str, reason: str) -> None:
        """Give nothing up: somebody was promised a policy. Trying again may be of no use, but the task stays among the
        jobs that operations see, with the reason, and is done soon after what hinders it is mended.

        Raises `GoesNotOn`, by which the task is put off.
        """
        _log.error("a proposal does not go on", record=proposal, code=reason)
        raise GoesNotOn(reason)

    def sweep(self) -> int:
        """Enter tasks for proposals that await the service and that no task remembers; return how many there were."""
        house = self._office.house
        chosen = select(ProposalRow.id).where(ProposalRow.is_ours).order_by(ProposalRow.updated_at).limit(SWEPT_AT_ONCE)
        with house.database.reading() as session:
            found = list(session.scalars(chosen))
        if found:
            with house.database.transaction() as session:
                for proposal in found:
                    house.tasks.add(session, ADVANCE, proposal)
        return len(found)
