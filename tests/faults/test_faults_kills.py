"""Kill -9 of worker and web process at the steps of signing and sealing: nothing is lost, nothing is done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from esign.webhooks.sending import CLAIMED_FOR
from tests.databases import *  # noqa: F403
from tests.faults.falls import ASKING, CERTIFICATE_ISSUED, SEALING, SIGNING, Moment
from tests.faults.patience import People
from tests.faults.storm import crowd, storm

PARTS = {moment.name: moment for moment in (*SIGNING, *SEALING, *ASKING)}
AT = [
    CERTIFICATE_ISSUED,
    PARTS["signature timestamped"],
    PARTS["confirmation recorded"],
    PARTS["CMS stored"],  # here everything falls
    PARTS["seal started"],
    PARTS["envelope created"],
    PARTS["sealed document released"],
]


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.full), "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """The same kills on both databases in `make test-all` and `make soak`; in `make test` on PostgreSQL."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))


def test_after_a_dozen_kills_everything_was_done_once(tmp_path: Path, url: str | None) -> None:
    with storm(tmp_path, url) as under:
        with crowd(under, People(), at_once=2):
            for moment in AT:
                assert under.strike(moment, with_web=True), f"{moment.name} did not come: {under.service.log[-2000:]}"
        # A webhook that was being sent when its worker fell is nobody else's for a minute (`CLAIMED_FOR`).
        outcome = under.outcome(seconds=CLAIMED_FOR.total_seconds() + 60)
    assert outcome.broken == ()
    assert under.kills >= 12
    assert outcome.abandoned >= 1, "no fall hit between certificate and CMS"
    assert outcome.recovered >= 1, "no job was taken up again by the worker that was started anew"


def test_every_moment_has_a_name_of_its_own() -> None:
    moments: list[Moment] = [*SIGNING, *SEALING, *ASKING]
    assert len(PARTS) == len(moments)
