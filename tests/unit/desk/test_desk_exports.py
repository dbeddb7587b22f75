"""Exports that staff ask for: what is taken, by whom, within which reach, and that it stands in the trail."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ca.authority import EmbeddedAuthority
from esign.ceremony.creation import Owner
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.people import Person
from esign.desk.exports import EXPORTERS, ExportReason, Meant
from esign.desk.lists import Wanted
from esign.exports.exports import Export, ExportState
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from tests.databases import asked_of
from tests.service import YE, YU, system_now
from tests.unit.desk.branch_events import command, keep_trail
from tests.unit.desk.desk_office import JIANG, Branch, open_branch

COURT = ExportReason.COURT


@pytest.fixture
def both(
    database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> Branch:
    """A branch over each of the databases."""
    return open_branch(database, tmp_path, authority, typeface, contract)


def voided(branch: Branch, *people: Person, **changes: Any) -> Envelope:
    """Return an envelope that is over without anybody having signed."""
    made = branch.envelope(*people, **changes)
    command(branch, made, commands.Void(at=system_now(), by="cli_test", reason="test"))
    return made


def auditor(branch: Branch) -> Caller:
    return branch.with_role(Role.AUDITOR)


def worked(branch: Branch, who: Caller, export: str) -> Export:
    """Let the workers make it."""
    keep_trail(branch)
    branch.ceremonies.work()
    return branch.desk.exports.get(who, export)


def taken(branch: Branch, who: Caller, envelope: str | None = None) -> Sequence[tuple[str, str, str | None]]:
    lines, _following = branch.desk.ledger.page(who, envelope=envelope)
    return [(one.envelope, one.reason, one.name) for one in lines]


def test_one_envelope_is_exported_fetched_and_told_of(branch: Branch) -> None:
    envelope, who = branch.completed(YU, external_id="CY-1"), auditor(branch)
    assert branch.desk.exports.one(who, envelope.id) == Meant(1, 0)
    export = branch.desk.exports.ask_one(who, envelope.id, COURT)
    told = worked(branch, who, export)
    assert (told.state, told.ended, told.failed) == (ExportState.DONE, 1, 0)
    file = branch.desk.exports.file(who, export)
    with zipfile.ZipFile(io.BytesIO(b"".join(file.chunks))) as bundle:
        assert f'"by":"staff:{who.member}"'.encode() in bundle.read("envelope.json").replace(b" ", b"")
    (line,), following = branch.desk.ledger.page(who)
    assert (line.envelope, line.external_id, line.export, line.reason) == (envelope.id, "CY-1", export, "court-request")
    assert (line.by, line.name, following) == (f"staff:{who.member}", "孙小梅", None)
    assert [one.id for one in branch.desk.exports.own(who)] == [export]


def test_a_set_is_what_the_search_finds_of_what_is_over(both: Branch) -> None:
    first, second, who = voided(both, JIANG), voided(both, JIANG, YE), auditor(both)
    voided(both, YU)
    both.envelope(JIANG)
    wanted = Wanted(words="江一舟")
    assert both.desk.exports.meant(who, wanted) == Meant(2, 1)
    export = both.desk.exports.ask(who, wanted, COURT)
    assert worked(both, who, export).ended == 2
    assert both.desk.exports.envelopes_of(who, export) == [first.id, second.id]
    assert sorted(one for one, _reason, _name in taken(both, who)) == [first.id, second.id]


def test_time_state_and_institution_narrow_what_is_meant(both: Branch) -> None:
    voided(both)
    completed, who, exports = both.completed(YU), auditor(both), both.desk.exports
    at = both.row(completed.id).updated_at
    assert exports.meant(who, Wanted(since=at)) == Meant(1, 0)
    assert exports.meant(who, Wanted(until=at)) == Meant(1, 0)
    assert exports.meant(who, Wanted(since=at + timedelta(seconds=1))) == Meant(0, 0)
    assert exports.meant(who, Wanted(state=EnvelopeState.VOIDED)) == Meant(1, 0)
    assert exports.meant(who, Wanted(institution=both.west)) == Meant(0, 0)
    lists = both.desk.lists
    assert [line.id for line in lists.page(who, Wanted(since=at)).lines] == [completed.id]
    assert lists.page(who, Wanted(until=at)).total == 1
    assert both.refused(exports.ask, who, Wanted(since=at + timedelta(days=1)), COURT) == "nothing-to-export"


def test_nothing_of_another_institution_is_exported_or_told(branch: Branch) -> None:
    west, east = voided(branch, owner=Owner(branch.west, None)), voided(branch)
    who, head = auditor(branch), branch.member("head.auditor", branch.head.institution, Role.AUDITOR)
    assert branch.refused(branch.desk.exports.one, who, west.id) == "no-envelope"
    assert branch.refused(branch.desk.exports.ask_one, who, west.id, COURT) == "no-envelope"
    everything = branch.desk.exports.ask(head, Wanted(), COURT)
    worked(branch, head, everything)
    assert [one for one, _reason, _name in taken(branch, who)] == [east.id]
    assert taken(branch, who, west.id) == []
    assert {one for one, _reason, _name in taken(branch, head)} == {east.id, west.id}
    for act in (branch.desk.exports.get, branch.desk.exports.file, branch.desk.exports.envelopes_of):
        assert branch.refused(act, who, everything) == "no-export"


def test_who_moved_away_fetches_nothing_of_the_institution_before(branch: Branch) -> None:
    voided(branch)
    who = auditor(branch)
    export = branch.desk.exports.ask(who, Wanted(), COURT)
    worked(branch, who, export)
    branch.office.room.accounts.transfer(branch.head, who.member, branch.west, now=branch.office.now)
    branch.office.wait(minutes=1)
    opened = branch.office.log_in("east.auditor", totp=branch.office.code(who.member))
    moved = branch.office.room.sessions.caller(opened.token, at=branch.office.now)
    assert branch.refused(branch.desk.exports.file, moved, export) == "no-export"


def test_no_other_role_exports_or_reads_who_did(branch: Branch) -> None:
    desk = branch.desk
    for role in sorted(set(Role) - EXPORTERS, reverse=True):  # who administers joins last, for they decide on others
        who = branch.with_role(role)
        asked = [
            (desk.exports.meant, who, Wanted()),
            (desk.exports.ask, who, Wanted(), COURT),
            (desk.exports.own, who),
            (desk.exports.get, who, "exp_x"),
            (desk.ledger.page, who),
            (desk.ledger.table, who),
        ]
        assert {branch.refused(act, *given) for act, *given in asked} == {"not-allowed"}, role


def test_what_is_not_over_is_refused(branch: Branch) -> None:
    going, who = branch.envelope(), auditor(branch)
    assert branch.desk.exports.one(who, going.id) == Meant(0, 1)
    assert branch.refused(branch.desk.exports.ask_one, who, going.id, COURT) == "envelope-not-over"


def test_the_ledger_goes_on_behind_a_page_and_is_a_table(both: Branch) -> None:
    for number in range(3):
        voided(both, external_id=f"CY-{number}")
    who, met, before = auditor(both), [], None
    worked(both, who, both.desk.exports.ask(who, Wanted(), ExportReason.AUDIT))
    while True:
        lines, before = both.desk.ledger.page(who, before=before, lines=2)
        met += [one.external_id for one in lines]
        if before is None:
            break
    assert met == ["CY-2", "CY-1", "CY-0"]
    content = b"".join(both.desk.ledger.table(who))
    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["external_id"] for row in table] == ["CY-2", "CY-1", "CY-0"]
    assert {(row["by"], row["reason"]) for row in table} == {(f"staff:{who.member}", "internal-audit")}
    assert all(datetime.fromisoformat(row["time"]).tzinfo is UTC for row in table)


def test_the_ledger_reads_an_index_and_not_the_trail(branch: Branch) -> None:
    who, database = auditor(branch), branch.service.ports.database
    with asked_of(database) as asked:
        branch.desk.ledger.page(who, before=9)
    ((sql, values),) = [one for one in asked if "FROM trail_events" in one[0]]
    with database.engine.connect() as connection:
        plan = [str(step[-1]) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert any("trail_events USING INDEX ix_trail_events_exported" in step for step in plan), plan
    assert not any(step.startswith("SCAN") or "TEMP B-TREE" in step for step in plan), plan
