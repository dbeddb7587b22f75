"""The customer agrees to an offer with a one-time code, names the account, objects, and tells how it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.refusal import refusal
from claims.domain.values import ClaimState
from claims.payment.payees import Payee
from claims.refusals import refused
from claims.selfservice.confirming import Confirming, about_of
from claims.selfservice.filing import ACTOR
from claims.selfservice.inviting import Inviting
from claims.service.office import Office
from claims.service.paying import Paying
from claims.service.projection import ClaimChange
from esign.public.events import retried
from esign.public.rows import new_id
from esign.public.values import encode_canonical

DISPUTE: Final = "dsp"
WORDS: Final = "dsw"
WORDS_AT_MOST: Final = 500
NO_ACCOUNT: Final = "no-account"
NOT_WORTH: Final = "premium-above-payment"
Beside = Callable[[Session, ClaimChange], None]


class Agreeing:
    """Takes what the customer decides about an offer."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house
        self._inviting = Inviting(office)
        self._confirming = Confirming(office.house)

    def send_code(self, claim: str, offer: str, payee: Payee | None) -> None:
        """Send the code that confirms exactly this offer and this account, or the one that is there.

        Raises `ClaimRefused` (`claim-codes-many`, `no-claim`).
        """

        def work(session: Session) -> None:
            person, state = self._inviting.customer(session, claim), self._office.get(session, claim)
            about = _about(offer, _account(state, payee))
            self._confirming.send(session, claim, about, person, self._office.now(session, state))

        retried(self._house.database, work)

    def agree(self, claim: str, offer: str, payee: Payee | None, typed: str) -> None:
        """Agree to the offer, paid into the account, by the code that was sent for both.

        The account is recorded first: who agreed has named one. The same code goes on from a fall between them.
        Raises `ClaimRefused` (`claim-code-wrong`, `account-missing`, `payee-changed` where somebody named another one
        in between, and what the claim's state says), `RecordErased`.
        """
        state, code = self._confirmed(claim, offer, payee, typed)
        if state.settlement is not None and state.settlement.fen and payee is None and state.payee is None:
            raise refused("account-missing")
        if payee is not None:
            Paying(self._office).name_payee(claim, payee, actor=ACTOR)

        account = _account(state, payee)

        def command(session: Session, found: Claim) -> c.Command:
            if _account(found, None) != account:
                raise refusal("payee-changed")
            return c.Agree(at=self._office.now(session, found), offer=offer, confirmation=code)

        self._office.change(claim, command, actor=ACTOR, beside=self._used_up(code))

    def name_payee(self, claim: str, payee: Payee, typed: str) -> None:
        """Name the account of a claim that was agreed to, or whose payment failed, by the code that was sent for it.

        Raises as `agree` does.
        """
        _, code = self._confirmed(claim, claim, payee, typed)
        Paying(self._office).name_payee(claim, payee, actor=ACTOR)
        with self._house.database.transaction() as session:
            self._confirming.use_up(session, code, self._house.clock())

    def object_to(self, claim: str, offer: str, words: str) -> None:
        """Object to an offer, in the customer's words. Raises `ClaimRefused`."""

        def command(session: Session, state: Claim) -> c.Command:
            if state.offer is None or state.offer.id != offer or state.state is not ClaimState.OFFERED:
                raise refused("no-offer-now")
            now, record = self._office.now(session, state), None
            if words:
                record = new_id(WORDS, now)
                told = encode_canonical({"words": words[:WORDS_AT_MOST]})
                self._house.records.keep(session, record, "dispute-words", told, at=now)
            return c.Dispute(at=now, dispute=new_id(DISPUTE, now), reason="customer-objects", record=record)

        self._office.change(claim, command, actor=ACTOR)

    def withdraw(self, claim: str, offer: str) -> None:
        """Take the claim back instead of agreeing to this offer: next year's premium may cost more. Raises
        `ClaimRefused`."""

        def command(session: Session, state: Claim) -> c.Command:
            if state.offer is None or state.offer.id != offer or state.state is not ClaimState.OFFERED:
                raise refused("no-offer-now")
            return c.Withdraw(at=self._office.now(session, state), reason=NOT_WORTH)

        self._office.change(claim, command, actor=ACTOR)

    def rate(self, claim: str, stars: int) -> None:
        """Tell how it was, once: 1 to 5. Raises `ClaimRefused`."""
        self._office.change(
            claim, lambda session, state: c.Rate(at=self._office.now(session, state), stars=stars), actor=ACTOR
        )

    def _confirmed(self, claim: str, offer: str, payee: Payee | None, typed: str) -> tuple[Claim, str]:
        with self._house.database.reading() as session:
            state = self._office.get(session, claim)
            at = self._office.now(session, state)
        return state, self._confirming.confirm(claim, _about(offer, _account(state, payee)), typed, at)

    def _used_up(self, code: str) -> Beside:
        def use_up(session: Session, change: ClaimChange) -> None:
            if change.events:
                self._confirming.use_up(session, code, change.events[-1].at)

        return use_up


def _account(state: Claim, payee: Payee | None) -> str | None:
    """Return the digest of the account that is agreed to: the one that is given, or else the one that is there."""
    if payee is not None:
        return payee.digest
    return None if state.payee is None else state.payee.account


def _about(offer: str, account: str | None) -> str:
    return about_of(offer, NO_ACCOUNT if account is None else account)
