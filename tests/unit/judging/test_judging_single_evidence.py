"""Evidence taken out by a process of its own: the same as without one, and nothing of a file that breaks it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from esign.errors import EsignError
from esign.evidence.manifest import parse_manifest
from esign.evidence.manifest_content import PresentSignature
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import QuarantineFailed
from esign.infra.quarantine.typed_forms import FormMismatch, form_of, value_of
from esign.judging.evidence_task import Evidence
from esign.judging.opening import opened_file
from esign.judging.question import JudgingLimits
from esign.judging.single_evidence import evidence_in
from esign.verify import FieldEvidence, read_evidence

VECTORS = Path(__file__).parents[2] / "vectors" / "evidence"


def taken(path: Path, limits: JudgingLimits, told: list[Confinement]) -> tuple[FieldEvidence, ...]:
    with opened_file(path) as file:
        return evidence_in(file, None, limits, told.append)


def crossed(evidence: Evidence) -> Evidence:
    attachments: list[bytes] = []
    form = form_of(evidence, attachments)
    return value_of(Evidence, json.loads(json.dumps(form)), attachments)


def test_a_manifest_with_every_member_crosses_whole() -> None:
    encoded = (VECTORS / "manifest.json").read_bytes()
    manifest = parse_manifest(encoded)
    assert manifest.signatures_present
    evidence = Evidence((FieldEvidence("applicant", {"manifest.json": encoded}, manifest),))
    back = crossed(evidence)
    assert back == evidence
    assert back.fields[0].manifest is not None
    assert isinstance(back.fields[0].manifest.signatures_present[0], PresentSignature)


@pytest.mark.parametrize("present", [["insured"], ["insured", 0, 0], ["insured", "cms"], {"field": "insured"}])
def test_a_named_tuple_that_is_not_of_its_form_does_not_cross(present: object) -> None:
    attachments: list[bytes] = []
    manifest = parse_manifest((VECTORS / "manifest.json").read_bytes())
    form = json.loads(json.dumps(form_of(manifest, attachments)))
    form["signatures_present"] = [present]
    with pytest.raises(FormMismatch):
        value_of(type(manifest), form, attachments)


def test_an_unsigned_document_carries_none(signed_files: Path) -> None:
    told: list[Confinement] = []
    assert taken(signed_files / "unsigned.pdf", JudgingLimits(), told) == ()
    assert [one.is_bounded for one in told] == [True]


def test_a_file_that_takes_too_long_is_refused(signed_files: Path) -> None:
    with pytest.raises(QuarantineFailed) as refused:
        taken(signed_files / "archived.pdf", JudgingLimits(seconds=0.0005), [])
    assert refused.value.code == "file-too-heavy"


def test_what_is_no_pdf_is_told_as_it_is_without_a_process(tmp_path: Path) -> None:
    (tmp_path / "wrong.pdf").write_bytes(b"hello")
    with pytest.raises(EsignError) as alone:
        read_evidence(io.BytesIO(b"hello"))
    with pytest.raises(EsignError) as apart:
        taken(tmp_path / "wrong.pdf", JudgingLimits(), [])
    assert apart.value.code == alone.value.code
