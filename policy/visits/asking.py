"""What one customer is asked: the questions that concern their policy, with its amounts and days filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from esign.public.values import Words
from policy.amounts import in_digits
from policy.products.catalogue import Product
from policy.proposal import Frequency, Proposal
from policy.visits.questionnaires import Choice, Questionnaire, When


@dataclass(frozen=True)
class Matter:
    """The policy that is asked about. `premium` is each one's, in yuan."""

    policy: str
    proposal: Proposal = field(repr=False)
    product: Product
    premium: Decimal
    hesitation_ends: date


@dataclass(frozen=True)
class Asked:
    """A question as it is put, in both languages."""

    id: str
    text: Words = field(repr=False)
    answers: tuple[Choice, ...]

    def choice(self, id: str | None) -> Choice | None:
        return next((one for one in self.answers if one.id == id), None)


def asked_of(questionnaire: Questionnaire, matter: Matter) -> tuple[Asked, ...]:
    """Return the questions in their order."""
    holds = _conditions(matter)
    zh, en = facts_of(matter, "zh-CN"), facts_of(matter, "en")
    return tuple(
        Asked(one.id, Words(one.text.zh.format_map(zh), one.text.en.format_map(en)), one.answers)
        for one in questionnaire.questions
        if holds[one.when]
    )


def facts_of(matter: Matter, locale: str) -> Mapping[str, str]:
    """Return what the questions name, in a language: it is kept with the answers."""
    english, ends = locale == "en", matter.hesitation_ends
    return {
        "product": matter.product.name.en if english else matter.product.name.zh,
        "policy": matter.policy,
        "insured": matter.proposal.insured.name,
        "premium": in_digits(matter.premium),
        "years": str(matter.proposal.payment.years),
        "hesitation_days": str(matter.product.hesitation_days),
        "hesitation_ends": f"{ends:%-d %B %Y}" if english else f"{ends.year} 年 {ends.month} 月 {ends.day} 日",
    }


def _conditions(matter: Matter) -> Mapping[When, bool]:
    once = matter.proposal.payment.frequency is Frequency.ONCE
    return {
        When.ALWAYS: True,
        When.OTHERS: not matter.proposal.insured.is_same_as(matter.proposal.applicant),
        When.ANNUAL: not once,
        When.ONCE: once,
        When.NOT_GUARANTEED: not matter.product.benefits_guaranteed,
    }
