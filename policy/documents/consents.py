"""The consents that a product asks for, each a text of its own with the amounts in it (保险法 17, 34; 26号)."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from esign.public.envelopes import Consent, ConsentStage, RecipientRole, usual_consents
from policy.amounts import in_capitals, in_digits
from policy.domain.values import Delivery
from policy.errors import PolicyDataBroken
from policy.products.catalogue import Consent as Wanted
from policy.products.catalogue import Product
from policy.proposing.quoting import Quote

_FOLDER: Final = files("policy") / "data" / "consents"
ELECTRONIC: Final = "electronic-policy"
"""The consent to an electronic contract: who wants it on paper is not asked."""


def consents_of(
    product: Product, quote: Quote, photo_roles: tuple[RecipientRole, ...], delivery: Delivery = Delivery.ELECTRONIC
) -> tuple[Consent, ...]:
    """Return the usual consents of a ceremony, and those of the product, which are asked for after reading.

    The texts say the product and the amounts, never who somebody is. Raises `PolicyDataBroken` (`consent-missing`).
    """
    wanted = [one for one in product.consents if delivery is Delivery.ELECTRONIC or one.id != ELECTRONIC]
    return *usual_consents(photo_roles), *(_consent(one, product, quote) for one in wanted)


def _consent(wanted: Wanted, product: Product, quote: Quote) -> Consent:
    id, version, title = wanted.id, wanted.version, wanted.title
    file = _FOLDER / f"{id}-{version}.txt"
    if not file.is_file():
        raise PolicyDataBroken(
            "consent-missing",
            f"{product.code} asks for the consent {id} {version}, which has no text",
            "write it in policy/data/consents",
        )
    text = file.read_text("utf-8").format(
        title=title.zh,
        product=product.name.zh,
        digits=in_digits(quote.sum_insured),
        capitals=in_capitals(quote.sum_insured),
        premium=in_digits(quote.premium),
        premium_capitals=in_capitals(quote.premium),
    )
    return Consent(id, version, text.strip(), ConsentStage.READING, tuple(RecipientRole(role) for role in wanted.roles))
