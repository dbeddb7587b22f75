"""Kill -9 of worker and web process at the steps of signing and sealing: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from esign.webhooks.sending import CLAIMED_FOR
from tests.databases import *  # noqa: F403
from tests.faults.falls import ASKING, CERTIFICATE_ISSUED, SEALING, SIGNING, Moment
from tests.faults.patience import People
from tests.faults.promises import Outcome
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


FEW = [CERTIFICATE_ISSUED, PARTS["envelope created"], PARTS["seal started"], PARTS["sealed document released"]]
"""In the act of signing, in an answer and while it is sealed; the third worker in a row takes everything with it."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """The same kills on both databases."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))


def fall(folder: Path, url: str | None, moments: Sequence[Moment]) -> tuple[int, Outcome]:
    """Let processes fall at these moments; return how many were killed, and what came of it in the end."""
    with storm(folder, url) as under:
        with crowd(under, People(), at_once=2):
            for moment in moments:
                assert under.strike(moment, with_web=True), f"{moment.name} did not come: {under.service.log[-2000:]}"
        # A webhook that was being sent when its worker fell is nobody else's for a minute (`CLAIMED_FOR`).
        return under.kills, under.outcome(seconds=CLAIMED_FOR.total_seconds() + 60)


def test_after_a_few_kills_everything_was_done_once(tmp_path: Path, postgresql_url: str) -> None:
    """What `make test` has of kills: on PostgreSQL alone, each kind of process, and one fall of everything."""
    kills, outcome = fall(tmp_path, postgresql_url, FEW)
    assert outcome.broken == ()
    assert kills >= 7
    assert outcome.abandoned >= 1, "no fall hit between certificate and CMS"
    assert outcome.recovered >= 1, "no job was taken up again by the worker that was started anew"


@pytest.mark.full
def test_after_a_dozen_kills_everything_was_done_once(tmp_path: Path, url: str | None) -> None:
    kills, outcome = fall(tmp_path, url, AT)
    assert outcome.broken == ()
    assert kills >= 12
    assert outcome.abandoned >= 1, "no fall hit between certificate and CMS"
    assert outcome.recovered >= 1, "no job was taken up again by the worker that was started anew"


def test_every_moment_has_a_name_of_its_own() -> None:
    moments: list[Moment] = [*SIGNING, *SEALING, *ASKING]
    assert len(PARTS) == len(moments)
