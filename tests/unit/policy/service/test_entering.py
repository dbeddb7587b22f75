"""What is refused where a proposal is entered, before anybody could be asked to sign it; and what is amended."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from esign.public.events import read_stream
from esign.public.people import RecordErased
from policy.models import PersonOf
from tests.policy_shell import PolicyHouse
from tests.proposals import proposal_body

NO_GLYPH = "\U0001f600"
"""A character that no typeface of the documents has."""


def test_what_no_typeface_can_print_is_refused_with_its_field(room: PolicyHouse) -> None:
    body = proposal_body(room.sales, external_id=None, send=False)
    body["health"]["answers"]["heart"] = {"yes": True, "words": f"血压高{NO_GLYPH}"}
    answer = room.house.call("POST", "/v1/proposals", json=body)
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.get_json()["errors"]] == ["/health/answers/heart"]
    assert NO_GLYPH not in answer.text


def amended(room: PolicyHouse, proposal: str, **changes: Any) -> TestResponse:
    body = {**proposal_body(room.sales, external_id=None, send=False), **changes}
    del body["external_id"]
    return room.house.call("POST", f"/v1/proposals/{proposal}/amend", json=body)


def entered(room: PolicyHouse) -> str:
    answer = room.house.call("POST", "/v1/proposals", json=proposal_body(room.sales, external_id=None, send=False))
    return str(answer.get_json()["id"])


def test_a_proposal_that_is_not_out_is_amended_under_its_number_and_quoted_anew(room: PolicyHouse) -> None:
    proposal = entered(room)
    before = room.house.call("GET", f"/v1/proposals/{proposal}").get_json()
    answer = amended(room, proposal, sum_insured="200000.00")
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert (told["id"], told["state"]) == (proposal, "entered")
    assert Decimal(told["premium"]) == 2 * Decimal(before["premium"])
    with room.house.database.reading() as session:
        assert [one.type for one in read_stream(session, proposal)] == ["proposal.entered", "proposal.amended"]


def test_the_same_again_amends_nothing(room: PolicyHouse) -> None:
    proposal = entered(room)
    for _ in range(2):
        assert amended(room, proposal, sum_insured="200000.00").status_code == 200
    with room.house.database.reading() as session:
        assert len(read_stream(session, proposal)) == 2


def test_whoever_was_written_to_before_is_forgotten_with_an_amendment(room: PolicyHouse) -> None:
    proposal = entered(room)
    chosen = select(PersonOf.person).filter_by(proposal=proposal)
    with room.house.database.reading() as session:
        before = session.scalars(chosen).all()
    amended(room, proposal, sum_insured="200000.00")
    with room.house.database.reading() as session:
        after = session.scalars(chosen).all()
        assert len(after) == len(before)
        assert not set(after) & set(before)
        records = room.house.process.service.records
        for record in before:
            with pytest.raises(RecordErased):
                records.read(session, record)


def test_an_amendment_is_checked_as_a_new_proposal_is(room: PolicyHouse) -> None:
    proposal = entered(room)
    answer = amended(room, proposal, sum_insured="123.00")
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.get_json()["errors"]] == ["/sum_insured"]


def test_nothing_is_amended_while_it_is_out_to_be_signed_or_by_another_seller(room: PolicyHouse) -> None:
    proposal = entered(room)
    sales = {**proposal_body(room.sales)["sales"], "id": "usr_01k9x7m2qv8w3c5t6r4n0b1d2e"}
    assert amended(room, proposal, sales=sales).get_json()["code"] == "sold-by-another"
    assert room.house.call("POST", f"/v1/proposals/{proposal}/send").status_code == 200
    answer = amended(room, proposal, sum_insured="200000.00")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "proposal-sent")
