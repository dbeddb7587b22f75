"""What can be chosen in the fields of a new proposal: values with their labels, in the language of the request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from esign.public.console import N_, words
from policy.pages import sales_words as said
from policy.products.catalogue import Product
from policy.products.occupations import load_occupations
from policy.proposal import Relation

Options: TypeAlias = list[tuple[str, str]]
Choice = TypeVar("Choice", bound=StrEnum)
_NO_HEIRS: Final = (Relation.SELF, Relation.EMPLOYER)


def options_of(sold: Iterable[Product]) -> dict[str, Options]:
    """Return the options of each field; the ways to pay are those of all products that are sold."""
    return {
        "relations": _named(said.RELATIONS),
        "heirs": _named({one: text for one, text in said.RELATIONS.items() if one not in _NO_HEIRS}),
        "guardians": _named({one: said.RELATIONS[one] for one in said.GUARDIANS}),
        "genders": _named(said.GENDERS),
        "interests": _named(said.INTERESTS),
        "terms": _terms(sold),
        "jobs": [(one.id, words().choose(one.name.zh, one.name.en)) for one in load_occupations()],
        "yes_no": [("yes", words().say(N_("是"))), ("no", words().say(N_("否")))],
        "deliveries": _named(said.DELIVERIES),
        "by_law": [("yes", words().say(N_("法定继承人"))), ("no", words().say(N_("指定的人")))],
    }


def _named(labels: Mapping[Choice, str]) -> Options:
    return [(value.value, words().say(label)) for value, label in labels.items()]


def _terms(sold: Iterable[Product]) -> Options:
    terms = sorted({(one.years, one.frequency) for product in sold for one in product.payment_terms})
    return [
        (f"{years}:{frequency.value}", words().say(said.term_message(years, frequency), n=years))
        for years, frequency in terms
    ]
