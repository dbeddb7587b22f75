"""Inputs of the repair shop: against its like, the people of the claim, and the scene."""

from __future__ import annotations

from claims.risk.comparing import Input, km, percent, told
from claims.risk.facts import Facts


def repair_shop_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of the repair shop compare."""
    shop = facts.shop
    return {
        "shop_blocked": shop.blocked,
        "shop_claim_rate_percent": percent(shop.claims, shop.like_claims),
        "shop_cost_percent": percent(shop.average, shop.like_average),
        "pair_collisions": facts.history.pair_collisions,
        "surveyor_share_percent": percent(shop.surveyor_claims_here, shop.surveyor_claims),
        "shop_related": told(shop.related, _related(shop.keys, shop.people_keys)),
        "shop_km": told(shop.km_from_scene, km(facts.report.stated_place, shop.place)),
        "report_at_shop_km": told(shop.km_from_report, km(facts.report.located_at, shop.place)),
        "luxury_percent": percent(shop.luxury_claims, shop.claims),
        "shop_collects": shop.collects,
    }


def _related(shop: frozenset[int] | None, people: frozenset[int] | None) -> bool | None:
    return None if shop is None or people is None else bool(shop & people)
