"""Inputs of the history and its network, as the index of earlier claims counted them (`claims.risk.history`)."""

from __future__ import annotations

from claims.risk.comparing import Input
from claims.risk.facts import Facts


def history_network_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of the history compare."""
    history = facts.history
    return {
        "claims_6m": history.claims_6m,
        "drivers_year": history.drivers_year,
        "refusals": history.refusals,
        "frauds": history.frauds,
        "same_counterparty": history.same_counterparty,
        "shared_contacts": history.shared_contacts,
        "cars_of_driver": history.cars_of_driver,
        "community": history.community,
        "litigations": history.litigations,
        "complaints_90d": history.complaints_90d,
        "withdrawn": history.withdrawn,
    }
