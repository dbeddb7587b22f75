"""The offer: payment beside next year's premium, how it was worked out, the account; agreed to by one code for both.

What was typed goes from page to page in the form, and is read anew each time: nothing is kept before it is agreed.
"""

from __future__ import annotations

from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response

from claims.agreements.ceremony import Agreements
from claims.domain import Claim
from claims.errors import ClaimRefused
from claims.motor_policy import MotorPolicy
from claims.selfservice.accounts import BANKS, FIELDS, Account, read_account, tail_of
from claims.selfservice.agreeing import WORDS_AT_MOST, Agreeing
from claims.selfservice.offers import Offered, offered
from claims.selfservice.pages.saying import is_claim, said_of, text, yuan
from claims.selfservice.standing import Stage, stage_of
from claims.service.office import Office
from esign.public.pages import Allowance, LinkedPages, Visitor

_TRIES: Final = Allowance("claims-agreement-codes", 20, 60)
_STAGES: Final = frozenset({Stage.OFFER, Stage.SIGN, Stage.PAYEE})
_STARS: Final = ("1", "2", "3", "4", "5")


class OfferPages:
    """Shows offers and accounts, and takes what is decided."""

    def __init__(self, pages: LinkedPages, office: Office) -> None:
        self._pages = pages
        self._office = office
        self._agreeing = Agreeing(office)
        self._agreements = Agreements(office)

    def declare(self) -> None:
        """Declare them."""
        pages = self._pages

        @pages.page("/offer")
        def claims_offer(visitor: Visitor) -> Response:
            state, policy = self._read(visitor)
            if state is None or policy is None:
                return _home(visitor)
            return self._show(visitor, state, policy)

        @pages.form("/offer")
        def claims_confirm(visitor: Visitor) -> Response:
            """Send the code for what the page shows, or say what is to be looked at again."""
            state, policy = self._read(visitor)
            if state is None or policy is None:
                return _home(visitor)
            account = self._account(state, policy)
            if account is not None and account.wrong:
                return self._show(visitor, state, policy, 422, account=account)
            try:
                payee = None if account is None else account.payee
                self._agreeing.send_code(visitor.subject, self._about(visitor, state), payee)
            except ClaimRefused as refused:
                return self._show(visitor, state, policy, 429, account=account, said=said_of(refused))
            return self._confirm(visitor, state, account)

        @pages.form("/agree")
        def claims_agree(visitor: Visitor) -> Response:
            state, policy = self._read(visitor)
            if state is None or policy is None:
                return _home(visitor)
            return self._agree(visitor, state, policy)

        @pages.form("/sign")
        def claims_sign(visitor: Visitor) -> Response:
            state, policy = self._read(visitor)
            if state is None or policy is None:
                return _home(visitor)
            try:
                return redirect(self._agreements.link(self._agreements.begin(visitor.subject)), 303)
            except ClaimRefused as refused:
                return self._show(visitor, state, policy, 409, said=said_of(refused))

        @pages.form("/object")
        def claims_object(visitor: Visitor) -> Response:
            state, policy = self._read(visitor)
            if state is None or policy is None or state.offer is None:
                return _home(visitor)
            try:
                words = request.form.get("words", "").strip()[:WORDS_AT_MOST]
                self._agreeing.object_to(visitor.subject, request.form.get("offer", ""), words)
            except ClaimRefused as refused:
                return self._show(visitor, state, policy, 409, said=said_of(refused))
            return _home(visitor)

        @pages.form("/withdraw")
        def claims_withdraw(visitor: Visitor) -> Response:
            state, policy = self._read(visitor)
            if state is not None and policy is not None:
                try:
                    self._agreeing.withdraw(visitor.subject, request.form.get("offer", ""))
                except ClaimRefused as refused:
                    return self._show(visitor, state, policy, 409, said=said_of(refused))
            return _home(visitor)

        @pages.form("/rate")
        def claims_rate(visitor: Visitor) -> Response:
            stars = request.form.get("stars", "")
            if is_claim(visitor) and pages.knows(visitor) and stars in _STARS:
                try:
                    self._agreeing.rate(visitor.subject, int(stars))
                except ClaimRefused:  # not over any more: its page says where it is
                    return _home(visitor)
            return _home(visitor)

    def _agree(self, visitor: Visitor, state: Claim, policy: MotorPolicy) -> Response:
        account, typed = self._account(state, policy), request.form.get("code", "").strip()[:12]
        if account is not None and account.payee is None:
            return self._show(visitor, state, policy, 422, account=account)
        payee = None if account is None else account.payee
        try:
            if not self._pages.may(_TRIES, visitor.subject):
                return _home(visitor)
            if stage_of(state) is Stage.PAYEE and payee is not None:
                self._agreeing.name_payee(visitor.subject, payee, typed)
            else:
                self._agreeing.agree(visitor.subject, request.form.get("offer", ""), payee, typed)
        except ClaimRefused as refused:
            return self._confirm(visitor, state, account, 422, said_of(refused))
        return _home(visitor)

    def _read(self, visitor: Visitor) -> tuple[Claim | None, MotorPolicy | None]:
        """Return the claim and its policy; None where there is nothing to decide, or the visitor is not known."""
        if not is_claim(visitor) or not self._pages.knows(visitor):
            return None, None
        with self._office.house.database.reading() as session:
            state = self._office.get(session, visitor.subject)
            if stage_of(state) not in _STAGES:
                return None, None
            return state, self._office.policy_of(session, state)

    def _account(self, state: Claim, policy: MotorPolicy) -> Account | None:
        """Return the account of the form; None where none is needed: nothing is paid, or it stays as it is."""
        nothing = state.settlement is not None and not state.payable
        stays = state.payee is not None and request.form.get("keep") == "yes" and stage_of(state) is Stage.OFFER
        return None if nothing or stays else read_account(request.form, policy)

    @staticmethod
    def _about(visitor: Visitor, state: Claim) -> str:
        """What the code is for: the offer, or the account of a claim that was agreed to."""
        return visitor.subject if state.offer is None or stage_of(state) is Stage.PAYEE else state.offer.id

    def _offered(self, visitor: Visitor, state: Claim) -> Offered:
        with self._office.house.database.reading() as session:
            return offered(self._office, session, visitor.subject, state)

    def _show(self, visitor: Visitor, state: Claim, policy: MotorPolicy, status: int = 200, **values: Any) -> Response:
        given: dict[str, Any] = {
            "state": state,
            "stage": stage_of(state).value,
            "offered": self._offered(visitor, state),
            "banks": BANKS,
            "insured": policy.insured.name,
            "knows_id": bool(policy.insured.id_number),
            "account": None,
            "said": None,
            "words_at_most": WORDS_AT_MOST,
            "simulated": self._office.bank.simulated,
        }
        return self._pages.show("phone_offer.html", visitor, status, text=text, yuan=yuan, **{**given, **values})

    def _confirm(
        self, visitor: Visitor, state: Claim, account: Account | None, status: int = 200, said: str | None = None
    ) -> Response:
        payee = None if account is None else account.payee
        kept = {} if account is None else {name: account.typed[name] for name in FIELDS}
        return self._pages.show(
            "phone_confirm.html",
            visitor,
            status,
            fen=state.payable if stage_of(state) is Stage.PAYEE or state.settlement is None else state.settlement.fen,
            offer="" if state.offer is None else state.offer.id,
            stage=stage_of(state).value,
            kept=kept if account is not None else {"keep": "yes"},
            payee=payee,
            tail="" if payee is None else tail_of(payee.account),
            phone=visitor.person.phone[-4:],
            said=said,
            yuan=yuan,
        )


def _home(visitor: Visitor) -> Response:
    return redirect(f"/r/claims/{visitor.link}", 303)
