"""Each requirement met and unmet, on sealed documents of the service, and unknown where nobody can say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.ceremony.creation import RecipientRequest
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import PromisedLevel, RecipientRole
from esign.infra.database import open_database
from esign.pades.typeface import Typeface
from esign.verify import Report
from esign.verify.acceptance.knowledge import Face, NotRecognised, Recognised
from esign.verify.acceptance.verdict import RequirementVerdict
from tests.databases import create_tables
from tests.recognised import Office, Told, found, judged, policy_of, report_on, sha256
from tests.service import YE, YU, request, short_request, system_now

TEST_POLICY = "2.25.168425568173473221159138961230720683283.1"


@dataclass(frozen=True)
class Shelf:
    """What was made once: a whole contract, a bare one, their reports, and what the trail knows of the first."""

    office: Office
    envelope: Envelope
    whole: Report
    bare: Report
    signed: Report
    known: Recognised

    def one(self, table: str, report: Report | None = None, **asked: Any) -> RequirementVerdict:
        """Judge a report, that on the whole contract unless told otherwise, by one requirement."""
        asked.setdefault("seals", self.office.seals)
        (verdict,) = judged(report or self.whole, policy_of(table), **asked).requirements
        return verdict

    def told(self, **changes: Any) -> Told:
        """A trail that knows the contract, with changes."""
        return Told(replace(self.known, **changes), frozenset(self.office.keys))


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("office")
    database = open_database(f"sqlite:///{folder}/esign.db")
    create_tables(database)
    office = Office.open(database, folder, authority, typeface)
    envelope = office.desk.create(request(contract))
    office.desk.play(envelope, 0, YU)
    office.desk.work()
    office.desk.play(envelope, 1, YE)
    office.desk.work()
    only_insured = [RecipientRequest(RecipientRole.INSURED, YE)]
    bare = office.desk.create(short_request(contract, level=PromisedLevel.B_LT, recipients=only_insured))
    office.desk.play(bare, 0, YE)
    office.desk.work()
    office.publish()
    trust, sealed = authority.trust_store(), office.sealed(envelope)
    known = office.trail.about(sha256(sealed))
    assert isinstance(known, Recognised)
    yield Shelf(
        office,
        envelope,
        report_on(sealed, trust),
        report_on(office.sealed(bare), trust),
        report_on(office.signed(envelope), trust),
        known,
    )
    database.close()


def state(verdict: RequirementVerdict) -> tuple[bool | None, str]:
    return verdict.met, verdict.reason


# the whole


def test_a_contract_of_ours_meets_the_policy_once_a_checkpoint_covers_it(shelf: Shelf) -> None:
    accepted = judged(shelf.whole, "insurance-contract-test", seals=shelf.office.seals, trail=shelf.office.trail)
    assert accepted.verdict == "ACCEPTED"
    assert accepted.as_json()["policy"] == "insurance-contract-test"
    assert all(one["met"] and one["message"] for one in accepted.as_json()["requirements"])


def test_with_the_usual_policy_the_stand_ins_of_a_test_keep_it_from_being_a_contract(shelf: Shelf) -> None:
    accepted = judged(shelf.whole, "insurance-contract", seals=shelf.office.seals, trail=shelf.office.trail)
    assert accepted.verdict == "NOT-ACCEPTED"
    unmet = {code for code, (met, _reason) in found(accepted).items() if not met}
    assert unmet == {"identity-assured", "no-stand-ins"}


def test_without_trail_and_seal_nothing_of_ours_is_more_than_undecided(shelf: Shelf) -> None:
    accepted = judged(shelf.whole, "insurance-contract-test")
    assert accepted.verdict == "UNDECIDED"
    unknown = {code for code, (met, _reason) in found(accepted).items() if met is None}
    assert unknown == {"our-seal", "roles-signed", "in-our-trail", "trail-fixed", "state-in-force"}


# signatures


def test_signatures_are_valid_undecided_or_not(shelf: Shelf, contract: bytes) -> None:
    table = "[require.signatures-valid]"
    assert state(shelf.one(table)) == (True, "valid")
    assert state(shelf.one(table, report_on(shelf.office.sealed(shelf.envelope), TrustStore()))) == (None, "undecided")
    assert state(shelf.one(table, report_on(contract, TrustStore()))) == (False, "unsigned")
    assert state(shelf.one(table, report_on(b"no document", TrustStore()))) == (False, "failed")


def test_the_seal_is_ours_by_its_certificate_or_by_the_trail_and_never_by_a_name(shelf: Shelf) -> None:
    table = "[require.our-seal]"
    assert state(shelf.one(table)) == (True, "whole")
    assert state(shelf.one(table, seals=["ab" * 32])) == (False, "missing")
    assert state(shelf.one(table, seals=["ab" * 32], trail=shelf.told())) == (True, "whole-by-trail")
    assert state(shelf.one(table, seals=[])) == (None, "not-named")
    assert state(shelf.one(table, seals=[], trail=Told(NotRecognised(system_now())))) == (False, "missing")
    assert state(shelf.one(table, shelf.signed)) == (False, "missing")
    named = f'[require.our-seal]\ncertificates = ["{shelf.office.seals[0]}"]'
    assert state(shelf.one(named, seals=[])) == (True, "whole")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"indication": "TOTAL-FAILED"}, (False, "broken")),
        ({"integrity": "broken"}, (False, "broken")),
        ({"coverage": "invalid"}, (False, "broken")),
        ({"changes_after": "forbidden"}, (False, "changed")),
        ({"changes_after": "unknown"}, (None, "undecided")),
        ({"indication": "INDETERMINATE"}, (None, "undecided")),
        ({"revision": 1}, (False, "signed-after")),
    ],
)
def test_a_seal_that_is_not_whole_is_said_to_be_so(
    shelf: Shelf, change: dict[str, Any], expected: tuple[bool | None, str]
) -> None:
    signatures = tuple(replace(one, **change) if one.field == "seal" else one for one in shelf.whole.signatures)
    assert state(shelf.one("[require.our-seal]", replace(shelf.whole, signatures=signatures))) == expected


def test_a_level_is_reached_by_every_signature_or_not(shelf: Shelf, contract: bytes) -> None:
    table = '[require.level-reached]\nlevel = "B-LTA"'
    assert state(shelf.one(table)) == (True, "reached")
    short = shelf.one(table, shelf.bare)
    assert state(short) == (False, "short")
    assert short.facts == {"level": "B-LTA", "fields": "insured, seal"}
    assert state(shelf.one('[require.level-reached]\nlevel = "B-LT"', shelf.bare)) == (True, "reached")
    assert state(shelf.one(table, report_on(contract, TrustStore()))) == (False, "unsigned")


# people


def test_the_roles_are_those_of_the_policy_and_of_the_plan(shelf: Shelf) -> None:
    table = '[require.roles-signed]\nroles = ["applicant"]'
    assert state(shelf.one(table, trail=shelf.told())) == (True, "signed-as-planned")
    assert state(shelf.one(table)) == (None, "plan-unknown")
    assert state(shelf.one(table + "\nplanned = false")) == (True, "signed")
    assert state(shelf.one(table, shelf.bare)) == (False, "missing")
    assert state(shelf.one('[require.roles-signed]\nroles = ["agent"]', trail=shelf.told())) == (False, "missing")


def test_somebody_of_the_plan_who_has_not_signed_is_missed(shelf: Shelf) -> None:
    table = '[require.roles-signed]\nroles = ["applicant"]'
    told = shelf.one(table, shelf.signed, trail=shelf.told())
    assert state(told) == (False, "missing")
    assert told.message == "A valid signature is missing: insured."


@pytest.mark.parametrize(
    "change", [{"certificate": "1"}, {"field": "other"}, {"recipient": "rcp_1"}, {"role": "agent"}]
)
def test_a_signature_counts_for_somebody_only_as_the_trail_recorded_it(shelf: Shelf, change: dict[str, str]) -> None:
    first, second = shelf.known.signers or ()
    told = shelf.told(signers=(first, replace(second, **change)))
    assert state(shelf.one("[require.roles-signed]", trail=told))[0] is False


def test_a_signature_of_nobody_in_the_plan_is_a_strangers(shelf: Shelf) -> None:
    first, _second = shelf.known.signers or ()
    assert state(shelf.one("[require.roles-signed]", trail=shelf.told(signers=(first,)))) == (False, "stranger")


def test_while_signatures_are_undecided_so_are_the_roles(shelf: Shelf) -> None:
    undecided = report_on(shelf.office.sealed(shelf.envelope), TrustStore())
    table = '[require.roles-signed]\nroles = ["applicant"]'
    assert state(shelf.one(table, undecided)) == (None, "undecided")
    assert state(shelf.one(table, undecided, trail=shelf.told())) == (None, "undecided")


def test_identity_is_assured_by_a_code_that_the_policy_takes_and_the_trail_agrees_with(shelf: Shelf) -> None:
    anybody = "[require.identity-assured]"
    assert state(shelf.one(anybody)) == (True, "assured")
    assert state(shelf.one(anybody + '\nrefused = ["not-verified"]')) == (False, "wanting")
    assert state(shelf.one(anybody + '\naccepted = ["three-factor"]')) == (False, "wanting")
    assert state(shelf.one(anybody + '\naccepted = ["not-verified"]', trail=shelf.told())) == (True, "assured")
    first, second = shelf.known.signers or ()
    otherwise = shelf.told(signers=(replace(first, assurance="three-factor"), second))
    assert state(shelf.one(anybody, trail=otherwise)) == (False, "differs")


# evidence


def test_evidence_is_there_or_missed(shelf: Shelf) -> None:
    photo = '[require.photo-there]\nroles = ["applicant", "insured"]'
    consents = '[require.consents-given]\nconsents = ["electronic-signature"]\nwith_photo = ["face-photo"]'
    assert state(shelf.one("[require.manifest-matches]")) == (True, "matches")
    assert state(shelf.one("[require.handwriting-there]")) == (True, "there")
    assert state(shelf.one(photo)) == (True, "there")
    assert state(shelf.one(consents)) == (True, "given")
    assert state(shelf.one(photo, shelf.bare)) == (False, "missing")
    assert state(shelf.one(consents, shelf.bare)) == (False, "missing")
    assert state(shelf.one('[require.consents-given]\nwith_photo = ["another"]')) == (False, "missing")
    assert state(shelf.one('[require.consents-given]\nwith_photo = ["another"]', shelf.bare)) == (True, "given")


def test_a_photo_may_be_replaced_by_assistance_that_the_trail_tells_of(shelf: Shelf) -> None:
    table = '[require.photo-there]\nroles = ["insured"]\nassisted = true'
    assert state(shelf.one(table, shelf.bare)) == (None, "assisted-unknown")
    assert state(shelf.one(table, shelf.bare, trail=shelf.told(signers=None))) == (None, "assisted-unknown")
    (insured,) = (one for one in shelf.whole.signatures if one.field == "insured")
    bare = shelf.bare.signatures[0].evidence["recipient"]
    (_first, second) = shelf.known.signers or ()
    for face, expected in ((Face.ASSISTED, (True, "assisted")), (Face.NOT_ASKED, (False, "missing"))):
        told = shelf.told(signers=(replace(second, recipient=bare, face=face),))
        assert state(shelf.one(table, shelf.bare, trail=told)) == expected
    assert state(shelf.one(table, replace(shelf.whole, signatures=(insured,)))) == (True, "there")


def test_handwriting_or_manifest_that_is_not_there_is_missed(shelf: Shelf) -> None:
    for change, table, expected in (
        ({"handwriting": "none"}, "[require.handwriting-there]", (False, "missing")),
        ({"manifest_bound": False}, "[require.manifest-matches]", (False, "mismatch")),
        ({"present": False}, "[require.manifest-matches]", (False, "mismatch")),
        ({"present": False}, "[require.photo-there]\nassisted = true", (False, "missing")),
    ):
        first, *others = shelf.whole.signatures
        changed = replace(first, evidence={**first.evidence, **change})
        assert state(shelf.one(table, replace(shelf.whole, signatures=(changed, *others)))) == expected


def test_a_document_that_no_person_signed_has_no_evidence(shelf: Shelf) -> None:
    (seal,) = (one for one in shelf.whole.signatures if one.field == "seal")
    alone = replace(shelf.whole, signatures=(seal,))
    for code in ("manifest-matches", "handwriting-there", "photo-there", "consents-given", "identity-assured"):
        assert state(shelf.one(f"[require.{code}]", alone)) == (False, "nobody")


# the trail


def test_the_trail_knows_the_file_or_not_or_ended_before_it_was_made(shelf: Shelf) -> None:
    table, now = "[require.in-our-trail]", system_now()
    assert state(shelf.one(table, trail=shelf.office.trail)) == (True, "known")
    assert state(shelf.one(table)) == (None, "not-asked")
    assert state(shelf.one(table, trail=Told(NotRecognised(now)))) == (False, "unknown")
    assert state(shelf.one(table, trail=Told(NotRecognised(now - timedelta(days=1))))) == (None, "trail-older")


def test_the_record_is_fixed_by_a_proof_of_exactly_this_file(shelf: Shelf) -> None:
    table, trail = "[require.trail-fixed]", shelf.office.trail
    assert state(shelf.one(table, trail=trail)) == (True, "fixed")
    assert state(shelf.one(table)) == (None, "not-known")
    assert state(shelf.one(table, trail=shelf.told(proof=None))) == (None, "not-covered")
    assert state(shelf.one(table, trail=shelf.told(proof=None, fixed=True))) == (True, "fixed")
    assert state(shelf.one(table, trail=shelf.told(proof=None, fixed=False))) == (False, "proof-wrong")
    assert state(shelf.one(table, trail=Told(shelf.known))) == (None, "no-key")
    assert state(shelf.one(table, trail=Told(shelf.known, frozenset({b"\x07" * 32})))) == (False, "proof-wrong")
    of_another = trail.about(shelf.bare.document.sha256)
    assert isinstance(of_another, Recognised)
    assert state(shelf.one(table, trail=shelf.told(proof=of_another.proof))) == (False, "proof-wrong")
    assert state(shelf.one(table, trail=shelf.told(proof=b"a proof"))) == (False, "proof-wrong")


def test_the_proof_is_of_each_stage_by_its_own_event(shelf: Shelf) -> None:
    trail = shelf.office.trail
    assert state(shelf.one("[require.trail-fixed]", shelf.signed, trail=trail)) == (True, "fixed")
    prepared = shelf.office.content(shelf.envelope, shelf.envelope.documents[0].plan.prepared)
    unsigned = report_on(prepared, TrustStore())
    assert state(shelf.one("[require.trail-fixed]", unsigned, trail=trail)) == (True, "fixed")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (True, "in-force")),
        ({"state": "voided"}, (False, "ended")),
        ({"state": "declined"}, (False, "ended")),
        ({"state": "ended"}, (False, "ended")),
        ({"superseded": True}, (False, "superseded")),
        ({"stage": "signed"}, (False, "not-sealed")),
        ({"state": "seal_failed"}, (False, "other-state")),
        ({"state": "open"}, (False, "other-state")),
    ],
)
def test_it_is_in_force_as_the_sealed_document_of_a_completed_envelope(
    shelf: Shelf, changes: dict[str, Any], expected: tuple[bool, str]
) -> None:
    assert state(shelf.one("[require.state-in-force]", trail=shelf.told(**changes))) == expected


def test_a_signed_revision_of_ours_is_known_and_superseded(shelf: Shelf) -> None:
    accepted = judged(shelf.signed, "insurance-contract-test", seals=shelf.office.seals, trail=shelf.office.trail)
    assert accepted.verdict == "NOT-ACCEPTED"
    assert found(accepted)["in-our-trail"] == (True, "known")
    assert found(accepted)["state-in-force"] == (False, "superseded")


def test_whether_private_evidence_was_erased_is_for_the_trail_to_say(shelf: Shelf) -> None:
    table = "[require.evidence-openable]"
    assert state(shelf.one(table, trail=shelf.office.trail)) == (True, "kept")
    assert state(shelf.one(table, trail=shelf.told(erased=True))) == (False, "erased")
    assert state(shelf.one(table, trail=shelf.told(erased=None))) == (None, "not-known")
    assert state(shelf.one(table)) == (None, "not-known")


# stand-ins


def test_stand_ins_are_found_and_only_those_that_a_policy_allows_are_let_through(shelf: Shelf) -> None:
    table = f'[require.no-stand-ins]\ntest_policies = ["{TEST_POLICY}"]'
    every = '\nallowed = ["embedded-authority", "embedded-timestamps", "identity-not-verified", "test-mode"'
    used = shelf.one(table, trail=shelf.told())
    assert state(used) == (False, "used")
    assert used.facts["stand_ins"].split(", ") == [
        "embedded-authority", "embedded-timestamps", "identity-not-verified", "face-quality-only", "test-mode"
    ]  # fmt: skip
    assert state(shelf.one(table + every + ', "face-quality-only"]', trail=shelf.told())) == (True, "allowed")
    assert shelf.one(table + every + "]", trail=shelf.told()).facts == {"stand_ins": "face-quality-only"}
    assert state(shelf.one(table + every + "]")) == (None, "face-unknown")
    assert state(shelf.one(table + every + "]", shelf.bare)) == (True, "allowed")


def test_where_nothing_stood_in_nothing_is_found(shelf: Shelf) -> None:
    signatures = tuple(
        replace(one, evidence={**one.evidence, "mode": "live", "identity": {"level": "three-factor", "by": "cloud"}})
        for one in shelf.bare.signatures
    )
    report, table = replace(shelf.bare, signatures=signatures), "[require.no-stand-ins]"
    assert state(shelf.one(table, report, trail=shelf.told(mode="live", stand_ins=frozenset()))) == (True, "none")
    assert state(shelf.one(table, report, trail=shelf.told(mode="test", stand_ins=frozenset()))) == (False, "used")


@pytest.mark.parametrize("policies", [("policies", ""), ("timestamp_signers", ())])
def test_the_test_authoritys_mark_is_seen_on_signers_and_on_timestamps_alike(
    shelf: Shelf, policies: tuple[str, Any]
) -> None:
    name, nothing = policies
    stripped = []
    for one in shelf.whole.signatures:
        bare = {**one.signer, "policies": ""} if name == "policies" and one.kind == "signature" else one.signer
        stripped.append(replace(one, signer=bare, **({name: nothing} if name == "timestamp_signers" else {})))
    table = f'[require.no-stand-ins]\ntest_policies = ["{TEST_POLICY}"]'
    found_now = shelf.one(table, replace(shelf.whole, signatures=tuple(stripped))).facts["stand_ins"].split(", ")
    assert "embedded-timestamps" in found_now
    assert ("embedded-authority" in found_now) is (name == "timestamp_signers")


# malformed reports


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"document": 3, "signatures": "none", "findings": None, "conclusion": ["TOTAL-PASSED"]},
        {"conclusion": "TOTAL-PASSED", "signatures": [{"kind": "signature", "evidence": 3, "signer": []}]},
        {"conclusion": "TOTAL-PASSED", "signatures": [{"field": {}, "best_signature_time": "yesterday"}]},
    ],
)
def test_a_report_that_is_malformed_is_accepted_by_no_policy_that_asks_for_us(report: dict[str, object]) -> None:
    assert judged(report, "insurance-contract").verdict == "NOT-ACCEPTED"
    assert judged(report, "insurance-contract-test").verdict == "NOT-ACCEPTED"
