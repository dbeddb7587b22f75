"""Whose files one process of the quarantine may read."""

from __future__ import annotations

from itertools import product

from esign.ceremony.origins import brought_by


def test_every_client_institution_and_salesperson_is_an_origin_of_its_own() -> None:
    clients, institutions, people = ("cli_1", "cli_2"), (None, "ins_1", "ins_2"), (None, "usr_1", "usr_2")
    everybody = list(product(clients, institutions, people))
    assert len({brought_by(*one) for one in everybody}) == len(everybody)
