"""The bank that pays claims, behind a port.

A payment has an id of ours, under which the bank may be asked as often as needed: it pays once. What gives no answer in
time raises `PaymentSilent`; then nobody knows, and `find` tells later. Amounts are in fen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from esign.public.errors import EsignError


class PaymentOutcome(StrEnum):
    MADE = "made"
    FAILED = "failed"


@dataclass(frozen=True)
class PaymentOrder:
    """Pay `fen` to an account, once, under the id `payment`. `bank_code` is the bank's twelve digits (CNAPS)."""

    payment: str
    fen: int
    name: str = field(repr=False)
    bank_code: str
    account: str = field(repr=False)


@dataclass(frozen=True)
class PaymentAnswer:
    """What became of the payment `id`; `reason` is a code where it failed. `simulated` says that no bank said it, and
    belongs on every page that shows it."""

    id: str
    fen: int
    outcome: PaymentOutcome
    reason: str | None
    simulated: bool


class PaymentSilent(EsignError):
    """The bank did not answer in time: nobody knows whether the money moved."""

    def __init__(self) -> None:
        super().__init__("bank-silent", "the bank did not answer in time", "ask it about this id before anything else")


class PaymentNotTaken(EsignError):
    """The bank was asked for another payment under a known id."""


class PaymentPort(Protocol):
    """A bank that pays. `simulated` tells that it is a stand-in."""

    @property
    def simulated(self) -> bool: ...

    def pay(self, order: PaymentOrder) -> PaymentAnswer:
        """Pay, or say why not; the same order again gets the same answer and moves nothing.

        Raises `PaymentSilent`, `PaymentNotTaken` (`payment-order-differs`).
        """

    def pay_many(self, orders: Sequence[PaymentOrder]) -> Mapping[str, PaymentAnswer]:
        """Pay many at once, as a bank takes a file of payments; by the id of the payment, what it answered about each.

        About whichever is not there it fell silent. Raises `PaymentNotTaken` as `pay` does: nothing was paid then.
        """

    def find(self, id: str) -> PaymentAnswer | None:
        """Return what became of a payment, None where the bank never had it. Raises `PaymentSilent`."""

    def unasked(self) -> tuple[PaymentAnswer, ...]:
        """Return what the bank says by itself since it was last listened to: an answer a second time, or a late one."""


@dataclass(frozen=True)
class Conduct:
    """How the simulated bank treats an account: what comes of a payment, whether it answers, and whether twice."""

    reason: str | None = None
    answers: bool = True
    arrives: bool = True
    again: bool = False
    corrects: bool = False
    returns: bool = False


CONDUCT: Final[Mapping[str, Conduct]] = {
    "9001": Conduct(reason="name-differs"),
    "9002": Conduct(reason="account-closed"),
    "9004": Conduct(again=True),
    "9005": Conduct(answers=False),
    "9006": Conduct(answers=False, arrives=False),
    "9007": Conduct(answers=False, reason="account-closed"),
    "9008": Conduct(reason="system-busy", corrects=True),
    "9009": Conduct(returns=True),
}
"""By the last four digits of the account. 9001 and 9002 fail with a code; 9004 pays and answers twice; 9005 times out
and was made; 9006 times out and never reached the bank; 9007 times out and failed; 9008 fails, and says later that it
was made after all; 9009 pays, and gives the money back later (退汇). Every other account is simply paid."""
