"""The consents that a product or a service request asks for, each a text of its own with the amounts in it (保险法 17,
34; 26号)."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from esign.public.envelopes import Consent, ConsentStage, RecipientRole, usual_consents
from policy.amounts import in_capitals, in_digits
from policy.documents.values import Cancellation, Change, Surrender
from policy.domain.request_events import RequestKind
from policy.domain.values import Delivery
from policy.errors import PolicyDataBroken
from policy.products.catalogue import Consent as Wanted
from policy.products.catalogue import Product
from policy.proposing.quoting import Quote

REQUEST_VERSION: Final = "2026-1"
_FOLDER: Final = files("policy") / "data" / "consents"
ELECTRONIC: Final = "electronic-policy"
"""The consent to an electronic contract: who wants it on paper is not asked."""
_REQUEST_TITLES: Final = {
    RequestKind.BENEFICIARY: "变更受益人的确认",
    RequestKind.ADDRESS: "变更联系方式的确认",
    RequestKind.SURRENDER: "解除合同和损失的确认",
    RequestKind.CANCELLATION: "犹豫期内解除合同的确认",
}


def consents_of(
    product: Product, quote: Quote, photo_roles: tuple[RecipientRole, ...], delivery: Delivery = Delivery.ELECTRONIC
) -> tuple[Consent, ...]:
    """Return the usual consents of a ceremony, and those of the product, which are asked for after reading.

    The texts say the product and the amounts, never who somebody is. Raises `PolicyDataBroken` (`consent-missing`).
    """
    wanted = [one for one in product.consents if delivery is Delivery.ELECTRONIC or one.id != ELECTRONIC]
    return *usual_consents(photo_roles), *(_consent(one, product, quote) for one in wanted)


def request_consents(
    kind: RequestKind,
    change: Change,
    product: str,
    roles: tuple[RecipientRole, ...],
    photo_roles: tuple[RecipientRole, ...],
) -> tuple[Consent, ...]:
    """Return the usual consents of a ceremony, and that of a service request, which everybody in `roles` gives.

    `product` is its Chinese name. Raises `PolicyDataBroken` (`consent-missing`).
    """
    id, amounts = f"request-{kind.value}", {}
    if isinstance(change, Surrender | Cancellation):
        amounts = {
            "paid": in_digits(change.premiums_paid),
            "refund": in_digits(change.refund),
            "refund_capitals": in_capitals(change.refund),
        }
    words = _words(id, REQUEST_VERSION, "a service request").format(
        title=_REQUEST_TITLES[kind], product=product, **amounts
    )
    own = Consent(id, REQUEST_VERSION, words.strip(), ConsentStage.READING, roles)
    return (*usual_consents(photo_roles), own)


def _consent(wanted: Wanted, product: Product, quote: Quote) -> Consent:
    id, version, title = wanted.id, wanted.version, wanted.title
    text = _words(id, version, product.code).format(
        title=title.zh,
        product=product.name.zh,
        digits=in_digits(quote.sum_insured),
        capitals=in_capitals(quote.sum_insured),
        premium=in_digits(quote.premium),
        premium_capitals=in_capitals(quote.premium),
    )
    return Consent(id, version, text.strip(), ConsentStage.READING, tuple(RecipientRole(role) for role in wanted.roles))


def _words(id: str, version: str, asked_by: str) -> str:
    file = _FOLDER / f"{id}-{version}.txt"
    if not file.is_file():
        raise PolicyDataBroken(
            "consent-missing",
            f"{asked_by} asks for the consent {id} {version}, which has no text",
            "write it in policy/data/consents",
        )
    return file.read_text("utf-8")
