"""What goes out: products, quotes, proposals as they stand and who acts next."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from esign.public.api import Page
from policy.amounts import in_digits, yuan_of
from policy.domain import Proposal as State
from policy.domain import next_moves
from policy.models import ProposalRow
from policy.products.catalogue import Product
from policy.proposing.quoting import Quote


class WordsView(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class QuestionView(BaseModel):
    """A health question."""

    id: str
    text: WordsView


class TermView(BaseModel):
    """A way to pay."""

    years: int
    frequency: str


class ProductView(BaseModel):
    """A product version that is sold."""

    product: str
    version: str
    name: WordsView
    filing: str = Field(description="The number under which the terms are filed.")
    effective_from: date
    withdrawn_on: date | None
    insured_ages: tuple[int, int]
    sums: tuple[int, int, int] = Field(description="The least and the greatest sum in yuan, and the step.")
    payment_terms: list[TermView]
    questions: list[QuestionView]


class ProductList(BaseModel):
    """The products that are sold today."""

    items: list[ProductView]


class QuoteView(BaseModel):
    """A premium, and until when it holds."""

    product: str
    version: str
    sum_insured: str
    premium: str = Field(description="What is paid each year, or once; in yuan.")
    total: str = Field(description="All of it over the term, in yuan.")
    holds_until: date = Field(description="The last day on which a proposal can be entered and signed at this premium.")
    holds_because: str = Field(description="What would be different on the day after.")


class MoveView(BaseModel):
    """An act that is awaited."""

    actor: str
    act: str
    due: date | None
    about: str | None


class VisitView(BaseModel):
    """The return visit (回访), once the customer was invited."""

    id: str
    questionnaire: str
    state: str = Field(description="invited, reminded, or answered.")
    due: date | None = Field(description="The last day of the hesitation period.")
    way: str | None = Field(description="link: the customer answered alone; phone: staff asked.")
    in_time: bool | None
    has_concerns: bool = Field(description="Whether there are answers that the insurer looks into; which, it keeps.")
    seen_to: bool = Field(description="Whether somebody has looked into them.")


class ProposalView(BaseModel):
    """A proposal as it stands. It has nobody's data: who sent it has that."""

    id: str
    state: str
    product: str
    version: str
    premium: str = Field(description="What the first debit takes, in yuan.")
    holds_until: date
    signers: list[str]
    envelope: str | None = Field(description="The envelope that is out for signature now.")
    signed_envelope: str | None = Field(description="The one that everybody signed.")
    next: list[MoveView] = Field(description="Who acts next; never empty.")
    failure: str | None = Field(description="Why the last debit failed.")
    policy: str | None = Field(description="The number of the policy, once it is issued.")
    effective_on: date | None
    contract_sha256: str | None
    received: bool = Field(description="Whether the customer signed for the contract.")
    hesitation_ends: date | None = Field(description="The last day on which all of the premium goes back.")
    visit: VisitView | None
    created_at: datetime
    updated_at: datetime


class ProposalPage(Page[ProposalView]):
    """A page of proposals, oldest first."""


def product_view(product: Product) -> ProductView:
    return ProductView(
        product=product.code,
        version=product.version,
        name=WordsView(zh=product.name.zh, en=product.name.en),
        filing=product.filing,
        effective_from=product.effective_from,
        withdrawn_on=product.withdrawn_on,
        insured_ages=product.insured_ages,
        sums=(product.sums.least, product.sums.most, product.sums.step),
        payment_terms=[TermView(years=one.years, frequency=one.frequency.value) for one in product.payment_terms],
        questions=[
            QuestionView(id=one.id, text=WordsView(zh=one.text.zh, en=one.text.en)) for one in product.questions
        ],
    )


def quote_view(product: Product, quote: Quote) -> QuoteView:
    return QuoteView(
        product=product.code,
        version=product.version,
        sum_insured=_yuan(int(quote.sum_insured * 100)),
        premium=_yuan(int(quote.premium * 100)),
        total=_yuan(int(quote.total * 100)),
        holds_until=quote.holds_until,
        holds_because=quote.holds_because.value,
    )


def proposal_view(row: ProposalRow, state: State) -> ProposalView:
    policy = state.policy
    return ProposalView(
        id=row.id,
        state=state.state.value,
        product=state.contents.product,
        version=state.contents.product_version,
        premium=_yuan(state.fen),
        holds_until=state.contents.holds_until,
        signers=[one.value for one in state.contents.signers],
        envelope=state.envelope,
        signed_envelope=None if state.signed is None else state.signed.envelope,
        next=[MoveView(actor=one.actor.value, act=one.act, due=one.due, about=one.about) for one in next_moves(state)],
        failure=row.failure,
        policy=None if policy is None else policy.number,
        effective_on=None if policy is None else policy.effective_on,
        contract_sha256=None if policy is None else policy.contract,
        received=state.received,
        hesitation_ends=None if policy is None else policy.hesitation_ends,
        visit=_visit(state),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _visit(state: State) -> VisitView | None:
    visit = state.visit
    if visit is None:
        return None
    return VisitView(
        id=visit.id,
        questionnaire=visit.questionnaire,
        state="answered" if visit.answered else "reminded" if visit.reminded else "invited",
        due=None if state.policy is None else state.policy.hesitation_ends,
        way=None if visit.way is None else visit.way.value,
        in_time=visit.in_time,
        has_concerns=bool(visit.concerns),
        seen_to=visit.note is not None,
    )


def _yuan(fen: int) -> str:
    """Return an amount in yuan with two decimals and no separator."""
    return in_digits(yuan_of(fen)).replace(",", "")
