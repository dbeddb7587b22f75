"""The bank behind a port, and a bank that is plainly simulated.

A debit has an id of ours, under which the bank may be asked as often as needed: it takes the money once. What gives no
answer in time raises `BankSilent`; then nobody knows, and `find` tells later. Amounts are in fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import Final, Protocol

from esign.public.errors import EsignError


class BankOutcome(StrEnum):
    MADE = "made"
    FAILED = "failed"


@dataclass(frozen=True)
class DebitOrder:
    """Take `fen` from an account and put them to the insurer's, once, under the id `debit`."""

    debit: str
    fen: int
    bank: str
    account: str
    holder: str


@dataclass(frozen=True)
class RefundOrder:
    """Give `fen` of the money of `debit` back to where they came from, once, under the id `refund`."""

    refund: str
    debit: str
    fen: int


@dataclass(frozen=True)
class BankAnswer:
    """What became of the debit or refund `id`; `reason` is a code where it failed. `simulated` says that no bank said
    it, and belongs on every page that shows it."""

    id: str
    fen: int
    outcome: BankOutcome
    reason: str | None
    simulated: bool


class BankSilent(EsignError):
    """The bank did not answer in time: nobody knows whether the money moved."""

    def __init__(self) -> None:
        super().__init__("bank-silent", "the bank did not answer in time", "ask it about this id before anything else")


class BankRefused(EsignError):
    """The bank was asked for something it cannot be asked for: another debit under a known id, an unknown debit."""


class DebitPort(Protocol):
    """A bank that debits accounts. `simulated` tells that it is a stand-in."""

    @property
    def simulated(self) -> bool: ...

    def collect(self, order: DebitOrder) -> BankAnswer:
        """Take the money, or say why not; the same order again gets the same answer and moves nothing.

        Raises `BankSilent`, `BankRefused` (`debit-differs`).
        """

    def refund(self, order: RefundOrder) -> BankAnswer:
        """Give money back; the same order again moves nothing.

        Raises `BankSilent`, `BankRefused` (`refund-differs`, `refund-unfounded`).
        """

    def find(self, id: str) -> BankAnswer | None:
        """Return what became of a debit or refund, None where the bank never had it. Raises `BankSilent`."""

    def unasked(self) -> tuple[BankAnswer, ...]:
        """Return what the bank says by itself since it was last listened to: an answer a second time, or a late one."""


@dataclass(frozen=True)
class Conduct:
    """How the simulated bank treats an account: what comes of a debit, whether it answers, and whether twice."""

    reason: str | None = None
    answers: bool = True
    arrives: bool = True
    again: bool = False
    corrects: bool = False


CONDUCT: Final[Mapping[str, Conduct]] = {
    "9001": Conduct(reason="insufficient-funds"),
    "9002": Conduct(reason="account-closed"),
    "9003": Conduct(reason="holder-differs"),
    "9004": Conduct(again=True),
    "9005": Conduct(answers=False),
    "9006": Conduct(answers=False, arrives=False),
    "9007": Conduct(answers=False, reason="insufficient-funds"),
    "9008": Conduct(reason="system-busy", corrects=True),
}
"""By the last four digits of the account. 9001 to 9003 fail with a code; 9004 is collected and answers twice; 9005
times out and was made; 9006 times out and never reached the bank; 9007 times out and failed; 9008 fails, and says
later that it was made after all. Every other account simply pays."""


class SimulatedBank:
    """A stand-in: nobody's money moves, and every answer says so. Its books are in memory, and lost with it."""

    simulated: Final = True

    def __init__(self) -> None:
        self._debits: dict[str, DebitOrder] = {}
        self._refunds: dict[str, RefundOrder] = {}
        self._answers: dict[str, BankAnswer] = {}
        self._unasked: list[BankAnswer] = []
        self._lock = Lock()

    def collect(self, order: DebitOrder) -> BankAnswer:
        conduct = CONDUCT.get(order.account[-4:], Conduct())
        with self._lock:
            known = self._debits.get(order.debit)
            if known is not None:
                if known != order:
                    raise BankRefused("debit-differs", "this debit was ordered otherwise", "take another id")
                return self._answers[order.debit]
            if not conduct.arrives:
                raise BankSilent
            answer = self._enter_debit(order, conduct)
        if not conduct.answers:
            raise BankSilent
        return answer

    def refund(self, order: RefundOrder) -> BankAnswer:
        with self._lock:
            known = self._refunds.get(order.refund)
            if known is not None:
                if known != order:
                    raise BankRefused("refund-differs", "this refund was ordered otherwise", "take another id")
                return self._answers[order.refund]
            if self.collected(order.debit) - self._refunded(order.debit) < order.fen or order.fen <= 0:
                raise BankRefused(
                    "refund-unfounded", "there is not so much money of this debit", "check the debit and the amount"
                )
            self._refunds[order.refund] = order
            answer = BankAnswer(order.refund, order.fen, BankOutcome.MADE, None, self.simulated)
            self._answers[order.refund] = answer
        return answer

    def find(self, id: str) -> BankAnswer | None:
        return self._answers.get(id)

    def unasked(self) -> tuple[BankAnswer, ...]:
        with self._lock:
            said, self._unasked = tuple(self._unasked), []
        return said

    def collected(self, debit: str) -> int:
        """Return how much money a debit moved, in fen."""
        answer = self._answers.get(debit)
        return answer.fen if answer is not None and answer.outcome is BankOutcome.MADE else 0

    def _enter_debit(self, order: DebitOrder, conduct: Conduct) -> BankAnswer:
        outcome = BankOutcome.MADE if conduct.reason is None else BankOutcome.FAILED
        answer = BankAnswer(order.debit, order.fen, outcome, conduct.reason, self.simulated)
        self._debits[order.debit] = order
        self._answers[order.debit] = answer
        if conduct.again:
            self._unasked.append(answer)
        if conduct.corrects:
            corrected = replace(answer, outcome=BankOutcome.MADE, reason=None)
            self._answers[order.debit] = corrected
            self._unasked.append(corrected)
        return answer

    def _refunded(self, debit: str) -> int:
        return sum(one.fen for one in self._refunds.values() if one.debit == debit)
