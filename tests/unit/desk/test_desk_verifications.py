"""What officers had judged: who sees whose, what is found again, what is kept sealed, and when it goes."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from ca.authority import EmbeddedAuthority
from esign.desk.verifications import KEPT_FOR, MADE, VERIFIERS, Verdicts, Wanted, forget_reports
from esign.infra.database import Database
from esign.infra.models import PersonalRecord, SearchEntry
from esign.infra.quarantine.errors import breaks_reader, too_heavy
from esign.pades.typeface import Typeface
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.trail.event import plain_payload
from esign.trail.log import read_stream
from esign.verifications.asked import Asked
from esign.verifications.held import Progress
from esign.verifications.judged import Judged
from esign.verifications.models import VerificationRow
from esign.verifications.reports import view_of
from esign.verify import Conclusion
from esign.verify.acceptance.reading import read_acceptance
from esign.verify.reports import CHINESE
from tests.service import YE, YU
from tests.unit.desk.desk_office import Branch, open_branch

LONG = 600.0
EVERYTHING = Wanted()


def asked(who: Caller, content: bytes, name: str = "合同.pdf", password: str | None = None) -> Asked:
    return Asked(content, name, who.member, password)


def made(branch: Branch, who: Caller, content: bytes, name: str = "合同.pdf") -> str:
    branch.office.wait(seconds=1)
    return branch.desk.verifications.ask(who, asked(who, content, name), seconds=LONG)


def seen(branch: Branch, who: Caller, wanted: Wanted = EVERYTHING) -> list[str]:
    return [one.id for one in branch.desk.verifications.page(who, wanted)[0]]


def accepted(judged: Judged | None) -> dict[str, str]:
    """The reasons of the second verdict, by requirement."""
    assert judged is not None
    acceptance = read_acceptance(judged.report["acceptance"])
    assert acceptance is not None
    assert acceptance.policy == "insurance-contract-test"
    return {one.code: one.reason for one in acceptance.requirements}


def test_a_verification_says_who_had_which_digest_judged_with_which_verdict(database: Database, tmp_path: Path,
    authority: EmbeddedAuthority, typeface: Typeface, contract: bytes) -> None:  # fmt: skip
    branch = open_branch(database, tmp_path, authority, typeface, contract)
    envelope = branch.completed()
    document = branch.desk.details.document(branch.lead, envelope.id, envelope.documents[0].plan.id, sealed=True)
    id_ = made(branch, branch.lead, document.content, "岁安合同.pdf")
    one = branch.desk.verifications.get(branch.lead, id_)
    assert (one.conclusion, one.progress, one.is_own) == (Conclusion.PASSED, Progress.DONE, True)
    assert one.sha256 == hashlib.sha256(document.content).hexdigest()
    assert one.judged is not None
    assert one.judged.name == "岁安合同.pdf"
    with database.reading() as session:
        event = read_stream(session, id_)[-1]
        record = session.scalars(select(PersonalRecord).where(PersonalRecord.kind == "verification-report")).one()
    told = plain_payload(event)
    assert (event.type, event.actor) == (MADE.name, f"staff:{branch.lead.member}")
    assert told["sha256"] == one.sha256
    assert told["conclusion"] == "TOTAL-PASSED"
    assert told["report"] == hashlib.sha256(one.judged.encode()).hexdigest()
    for private in (YU.name, "岁安合同"):
        assert private not in json.dumps(told, ensure_ascii=False)
        assert private.encode() not in record.sealed
    for words in (YU.name, YE.name, "岁安合同.pdf", one.sha256, one.sha256.upper(), id_):
        assert seen(branch, branch.lead, Wanted(words=words)) == [id_], words
    assert seen(branch, branch.lead, Wanted(words="岁安")) == []
    assert accepted(one.judged)["roles-signed"] == "signed-as-planned"
    elsewhere = branch.desk.verifications.get(branch.stranger, made(branch, branch.stranger, document.content))
    told_less = {"roles-signed": "signed", "photo-there": "assisted-unknown"}
    assert accepted(elsewhere.judged) == accepted(one.judged) | told_less


def test_officers_see_those_of_their_branch_and_others_their_own(branch: Branch) -> None:
    auditor = branch.member("wen.ke", branch.west, Role.AUDITOR)
    operator, lead, stranger = branch.with_role(Role.OPERATIONS), branch.lead, branch.stranger
    officer = branch.member("gu.heng", branch.east, Role.COMPLIANCE)
    ids = {who.member: made(branch, who, branch.contract) for who in (lead, operator, officer, auditor)}
    assert seen(branch, lead) == [ids[lead.member]]
    assert seen(branch, operator) == [ids[operator.member]]
    assert set(seen(branch, officer)) == {ids[one.member] for one in (lead, operator, officer)}
    assert seen(branch, auditor) == [ids[auditor.member]]
    for who in (stranger, operator, auditor):
        assert branch.refused(branch.desk.verifications.get, who, ids[lead.member]) == "no-verification"
    assert branch.refused(branch.desk.verifications.get, officer, "ver_" + "0" * 26) == "no-verification"
    assert branch.refused(branch.desk.verifications.get, officer, "usr_x") == "no-verification"


def test_who_sells_or_administers_has_no_history(branch: Branch) -> None:
    for role in (Role.SALES, Role.ADMIN):
        who = branch.shen if role is Role.SALES else branch.head
        assert VERIFIERS.isdisjoint({role})
        assert branch.refused(made, branch, who, branch.contract) == "not-allowed"
        assert branch.refused(branch.desk.verifications.page, who, Wanted()) == "not-allowed"


def test_verdicts_are_chosen_and_pages_leave_nothing_out(branch: Branch) -> None:
    bad = made(branch, branch.lead, b"no PDF at all")
    others = [made(branch, branch.lead, branch.contract) for _ in range(4)]
    assert seen(branch, branch.lead, Wanted(Verdicts.FAILED)) == [bad]
    assert set(seen(branch, branch.lead, Wanted(Verdicts.UNDECIDED))) == set(others)
    assert seen(branch, branch.lead, Wanted(Verdicts.PASSED)) == []
    met, before = list[str](), None
    while True:
        lines, before = branch.desk.verifications.page(branch.lead, Wanted(before=before), lines=2)
        met += [one.id for one in lines]
        if before is None:
            break
    assert met == [*reversed(others), bad]


def test_a_report_goes_after_its_time_and_who_had_what_judged_stays(branch: Branch) -> None:
    id_, service = made(branch, branch.lead, branch.contract), branch.service
    database = service.ports.database
    later = branch.office.now + KEPT_FOR
    with database.transaction() as session:
        assert forget_reports(session, service.records, now=later - timedelta(days=1)) == 0
        assert forget_reports(session, service.records, now=later + timedelta(days=1)) == 1
        assert forget_reports(session, service.records, now=later + timedelta(days=1)) == 0
    one = branch.desk.verifications.get(branch.lead, id_)
    assert (one.is_erased, one.judged, one.conclusion) == (True, None, Conclusion.NO_SIGNATURE)
    assert seen(branch, branch.lead, Wanted(words="合同.pdf")) == []
    with database.reading() as session:
        record = session.scalars(select(VerificationRow.record)).one()
        assert session.scalars(select(SearchEntry).where(SearchEntry.record_id == record)).all() == []
        assert len(read_stream(session, id_)) == 1


def test_a_report_that_was_erased_otherwise_is_shown_as_erased(branch: Branch) -> None:
    id_, records = made(branch, branch.lead, branch.contract), branch.service.records
    with branch.service.ports.database.transaction() as session:
        record = session.scalars(select(VerificationRow.record)).one()
        assert record is not None
        records.erase(session, record, at=branch.office.now)
    assert branch.desk.verifications.get(branch.lead, id_).is_erased


@pytest.mark.parametrize(
    ("failure", "code"), [(too_heavy("memory"), "limit-reached"), (breaks_reader("a signal"), "not-judgeable")]
)
def test_a_file_that_meets_a_bound_has_a_verdict_that_says_so(
    branch: Branch, monkeypatch: pytest.MonkeyPatch, failure: Exception, code: str
) -> None:
    falling(monkeypatch, failure)
    one = branch.desk.verifications.get(branch.lead, made(branch, branch.lead, branch.contract))
    assert one.judged is not None
    assert (one.conclusion, one.readable, one.judged.codes) == (Conclusion.FAILED, False, {code})
    assert one.judged.sha256 == hashlib.sha256(branch.contract).hexdigest()
    told = str(view_of(one.judged, CHINESE))
    assert "英文原文" not in told  # what stopped it has its words in both languages


def test_a_file_that_nobody_could_judge_has_no_verdict(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    falling(monkeypatch, RuntimeError("no place for 13800000001"))
    one = branch.desk.verifications.get(branch.lead, made(branch, branch.lead, branch.contract))
    assert (one.progress, one.conclusion, one.judged) == (Progress.LOST, None, None)


def test_whoever_judged_it_and_fell_is_not_waited_for(branch: Branch) -> None:
    id_ = made(branch, branch.lead, branch.contract)
    ends = branch.office.now + timedelta(minutes=4)
    with branch.service.ports.database.transaction() as session:
        session.execute(update(VerificationRow).values(state="judging", conclusion=None, record=None, ends_at=ends))
    assert branch.desk.verifications.get(branch.lead, id_).progress is Progress.JUDGING
    branch.office.wait(minutes=5)
    assert branch.desk.verifications.get(branch.lead, id_).progress is Progress.LOST


def falling(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def judge(*_given: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr("esign.verifications.judging.judge_document", judge)
