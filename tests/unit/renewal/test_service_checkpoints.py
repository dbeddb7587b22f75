"""The service renews the timestamps of its checkpoints: its own sweep finds them, and its own job renews them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.renewal.checkpoint_rows import renewals_of
from esign.renewal.checkpoints import RENEW_CHECKPOINTS
from esign.renewal.sweeping import CHECKPOINTS, expiring, renewing
from esign.trail.publishing import latest_checkpoint
from esign.verify.trust.algorithm_constraints import default_constraints
from tests.authority import present_time
from tests.databases import *  # noqa: F403
from tests.unit.exports.export_office import open_office
from tests.unit.renewal.authorities import ALWAYS, authorities
from tests.vectors.trail.stored import append


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_checkpoint_that_is_due_is_found_by_the_sweep_and_renewed_by_the_job(
    database: Database,
    tmp_path: Path,
    old: EmbeddedAuthority,
    authority: EmbeddedAuthority,
    typeface: Typeface,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = open_office(database, tmp_path, old, typeface)
    append(database, "env_1", 3)
    office.cover()
    renewer = office.service.checkpoint_renewer
    renewer.authorities = authorities(old, authority, default_constraints())
    sweep = renewing(renewer, present_time)
    assert sweep() == 0  # it holds for twenty years yet
    before = renewer.earliest_end()
    monkeypatch.setattr(renewer, "_before", ALWAYS)
    assert sweep() is None  # once in an hour
    assert renewing(renewer, present_time)() == 1
    (task,) = office.desk.tasks()
    assert task.kind == RENEW_CHECKPOINTS
    office.desk.step(RENEW_CHECKPOINTS)
    assert office.desk.tasks() == []
    with database.reading() as session:
        newest = latest_checkpoint(session)
        assert newest is not None
        assert len(renewals_of(session, newest.signed.encode())) == 1
    after = expiring({}, {CHECKPOINTS: renewer}, present_time)()["checkpoints"]
    assert before is not None
    assert after > before
