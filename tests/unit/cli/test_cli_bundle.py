"""`esign bundle export` and `esign evidence key` over a service's own data."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.settings import load_settings
from esign.staff.domain.roles import ApprovalKind
from esign.trail.checkpoint import Origin
from esign.trail.publishing import CheckpointPublisher
from esign.trail.sequencer import Sequencer
from tests.command import Desk
from tests.documents import plain_contract
from tests.quick_start import share_quarantine
from tests.service import YU, short_request
from tests.service import Desk as People
from tests.unit.staff.staff_office import Office

BY = ("--by", "stf_lin", "--reason", "court-request")


@pytest.fixture
def envelope(started_office: Desk) -> str:
    """An envelope that is completed and covered, in the office's data."""
    settings = load_settings({})
    started_office.builders.make_authority(settings)
    share_quarantine()
    process = started_office.builders.open_process(settings)
    ports, people = process.service.ports, People(process.service)
    made = people.create(short_request(plain_contract(), YU))
    people.play(made, 0, YU)
    people.work()
    with ports.database.transaction() as session:
        Sequencer().run_once(session)
    authority = ports.trust_services.timestamp_authority
    CheckpointPublisher(Origin(settings.trail.name), CheckpointKey(ports.keys), authority).publish(ports.database)
    ports.quarantine.close()
    ports.database.close()
    return made.id


def test_a_bundle_and_a_set_are_written_whole_and_never_over_another_file(
    started_office: Desk, envelope: str, tmp_path: Path
) -> None:
    out = tmp_path / "case.asice"
    told = started_office.json("bundle", "export", envelope, "--out", out, *BY)
    assert [(one["envelope"], one["problem"]) for one in told["envelopes"]] == [(envelope, None)]
    with zipfile.ZipFile(out) as archive:
        about = json.loads(archive.read("envelope.json"))
    assert (about["exported"]["by"], about["exported"]["reason"]) == ("operator:stf_lin", "court-request")
    assert "[output-exists]" in started_office.run("bundle", "export", envelope, "--out", out, *BY, status=13).stderr
    many = tmp_path / "all.zip"
    started_office.run("bundle", "export", "--state", "completed", "--out", many, *BY)
    with zipfile.ZipFile(many) as archive:
        assert archive.namelist() == [f"{envelope}.asice", "index.csv", "index.jsonl"]
    some = tmp_path / "some.zip"
    told = started_office.json("bundle", "export", envelope, "env_unknown", "--out", some, *BY, status=10)
    assert [one["problem"] for one in told["envelopes"]] == [None, "no-envelope"]
    key = tmp_path / "case.cms"
    started_office.run("evidence", "key", envelope, "--out", key, "--reason", "court-request")
    assert key.stat().st_mode & 0o777 == 0o600
    again = started_office.run("evidence", "key", envelope, "--out", key, "--reason", "court-request", status=10)
    assert "[file-exists]" in again.stderr


def test_key_screens_and_erasing_each_take_the_approval_of_their_own_kind_and_use_it_up(
    started_office: Desk, envelope: str, staff: Office, tmp_path: Path
) -> None:
    asks, decides = staff.officers()
    acts = {
        ApprovalKind.OPEN_EVIDENCE: ("screens", envelope, "--out", tmp_path / "screens", "--reason", "complaint"),
        ApprovalKind.ENVELOPE_KEY: ("key", envelope, "--out", tmp_path / "case.cms", "--reason", "court-request"),
        ApprovalKind.EVIDENCE_ERASURE: ("erase", envelope, "--reason", "customer-request"),
    }
    given = {kind: staff.approved(asks, decides, kind, envelope) for kind in (*acts, ApprovalKind.ERASURE)}
    for kind, act in acts.items():
        assert "[approval-needed]" in started_office.run("evidence", *act, status=10).stderr
        for other in given.keys() - {kind}:
            refused = started_office.run("evidence", *act, "--approval", given[other], status=10)
            assert "[approval-of-something-else]" in refused.stderr
    assert not (tmp_path / "case.cms").exists()
    for kind, act in acts.items():
        started_office.run("evidence", *act, "--approval", given[kind])
    again = started_office.run("evidence", *acts[kind], "--approval", given[kind], status=10)
    assert "[approval-used]" in again.stderr
    for stream in (f"openings/{envelope}", "erasures", "openings"):
        (event,) = staff.events(stream)
        assert (event.payload["by"], event.payload["approved_by"]) == (asks.member, decides.member)
    due = started_office.run("retention", "erase", envelope, "--approval", given[ApprovalKind.ERASURE], status=10)
    assert "[nothing-due]" in due.stderr
    assert staff.types(given[ApprovalKind.ERASURE])[-1] == "approval.approved"  # not used up: nothing was erased


def test_what_is_meant_must_be_said_in_one_way(started_office: Desk, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "x.zip")
    for arguments in ((), ("env_1", "--state", "voided")):
        refused = started_office.run("bundle", "export", *arguments, *out, *BY, status=10)
        assert "[export-not-chosen]" in refused.stderr
    assert not (tmp_path / "x.zip").exists()
