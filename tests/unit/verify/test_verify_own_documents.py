"""What our own service makes is judged without a finding, at every stage and in either order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from signed_material import Desk, codes, judge, signed_contract

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.evidence.items import Placement
from esign.pades.act import validation_data_for
from esign.pades.typeface import Typeface
from esign.verify import SecurityStore
from tests import acts


@pytest.mark.parametrize("order", [("applicant", "insured"), ("insured", "applicant")])
def test_a_sealed_contract_passes_in_either_signing_order(
    contract: bytes, typeface: Typeface, authority: EmbeddedAuthority, trust: TrustStore, order: tuple[str, str]
) -> None:
    report = judge(signed_contract(contract, typeface, authority, order), trust)
    assert report.findings == ()
    assert (report.conclusion, report.exit_status) == ("TOTAL-PASSED", 0)
    assert [s.field for s in report.signatures][:3] == [*order, "seal"]
    assert {s.level for s in report.signatures if s.kind == "signature"} == {"B-LTA"}


@pytest.mark.parametrize("order", [("applicant", "insured"), ("insured", "applicant")])
def test_so_it_does_where_whoever_took_a_place_brought_type_for_their_name(
    desk: Desk, typeface: Typeface, trust: TrustStore, order: tuple[str, str]
) -> None:
    for name in order:
        desk.sign(name, person=acts.UNPREPARED if name == "insured" else None, typeface=typeface)
    desk.archive()
    report = judge(desk.document, trust)
    assert report.findings == ()
    assert report.conclusion == "TOTAL-PASSED"
    assert [(s.field, s.changes_after) for s in report.signatures][:2] == [(name, "permitted") for name in order]


@pytest.mark.parametrize("order", [("applicant", "insured"), ("insured", "applicant")])
@pytest.mark.parametrize("placement", [Placement.VISIBLE, Placement.SEALED])
def test_every_stage_is_judged_without_a_finding(
    desk: Desk, trust: TrustStore, order: tuple[str, str], placement: Placement
) -> None:
    stages = {"prepared": desk.document}
    for name in order:
        desk.sign(name, placement=placement)
        stages[f"signed by {name}"] = desk.document
    seal = acts.put_seal(desk.document, desk.authority)
    desk.document += seal.increment
    desk.data += validation_data_for(seal, desk.authority.revocation, roots=desk.authority.roots)
    stages["sealed"] = desk.document
    desk.add_validation_data()
    stages["with validation data"] = desk.document
    for time in ("first", "second"):
        desk.archive()
        stages[f"archived for the {time} time"] = desk.document
    known = SecurityStore(ocsp_responses=desk.data.ocsp_responses, crls=desk.data.crls)
    reports = {stage: judge(document, trust, supplement=known) for stage, document in stages.items()}
    assert {stage: report.findings for stage, report in reports.items() if report.findings} == {}
    conclusions = [report.conclusion for report in reports.values()]
    assert conclusions == ["NO-SIGNATURE", *["TOTAL-PASSED"] * (len(stages) - 1)]


def test_every_stage_is_judged_at_the_level_it_has_reached(desk: Desk, trust: TrustStore) -> None:
    seen = []
    desk.sign("applicant", timestamp=False)
    seen.append(judge(desk.document, trust).signatures[0].level)
    desk.sign("insured")
    seen.append(judge(desk.document, trust).signatures[1].level)
    desk.add_validation_data()
    seen.append(judge(desk.document, trust).signatures[1].level)
    desk.archive()
    report = judge(desk.document, trust)
    seen.append(report.signatures[1].level)
    assert seen == ["B-B", "B-T", "B-LT", "B-LTA"]
    assert codes(report) == set()


def test_a_signature_without_revocation_data_stays_open_offline(desk: Desk, trust: TrustStore) -> None:
    desk.sign("applicant")
    report = judge(desk.document, trust)
    assert (report.conclusion, report.exit_status) == ("INDETERMINATE", 2)
    assert report.signatures[0].sub_indication == "TRY_LATER"


def test_the_signature_reports_who_signed_when_and_with_what(signed: bytes, trust: TrustStore) -> None:
    applicant = judge(signed, trust).signatures[0]
    assert "张伟" in applicant.signer["subject"]
    assert applicant.algorithms == {"digest": "sha256", "signature": "ecdsa", "key": "EC secp256r1"}
    assert applicant.claimed_time is not None
    assert applicant.best_signature_time is not None
    assert abs(applicant.best_signature_time - applicant.claimed_time) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("placement", "photo"),
    [(Placement.VISIBLE, "visible"), (Placement.SEALED, "sealed"), (Placement.DIGEST_ONLY, "digest-only")],
)
def test_the_evidence_is_reported_as_it_was_placed(
    desk: Desk, trust: TrustStore, placement: Placement, photo: str
) -> None:
    desk.sign("applicant", placement=placement)
    evidence = judge(desk.document, trust).signatures[0].evidence
    assert (evidence["present"], evidence["manifest_bound"]) == (True, True)
    assert (evidence["handwriting"], evidence["photo"]) == ("sealed", photo)


def test_the_contract_still_passes_years_after_its_event_certificates_ended(signed: bytes, trust: TrustStore) -> None:
    report = judge(signed, trust, at=datetime.now(UTC) + timedelta(days=3 * 365))
    assert (report.conclusion, report.findings) == ("TOTAL-PASSED", ())


def test_without_timestamps_an_event_certificate_proves_nothing_after_its_day(desk: Desk, trust: TrustStore) -> None:
    desk.sign("applicant", timestamp=False)
    report = judge(desk.document, trust, at=datetime.now(UTC) + timedelta(days=2))
    assert report.conclusion == "INDETERMINATE"
    assert report.signatures[0].sub_indication == "OUT_OF_BOUNDS_NO_POE"
