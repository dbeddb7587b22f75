"""What is refused where a proposal is entered, before anybody could be asked to sign it."""

from __future__ import annotations

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
