"""The verdict on a document: reads it, assesses every signature, adds trust, evidence and findings, concludes.

Integrity, coverage and later changes are judged without trust, which decides between TOTAL-PASSED and
INDETERMINATE alone. Names follow EN 319 102-1.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from mmap import mmap
from typing import BinaryIO, Final

from ca.encoding import certificate_digest
from ca.trust import TrustStore
from esign.verify.assessment import Assessment, assess, assess_changes
from esign.verify.cms.certificates import CertificatePool
from esign.verify.conclusion import conclude, indicate
from esign.verify.errors import MALFORMED, LimitReached, UnreadableDocument
from esign.verify.evidence import evidence_of, evidence_summary
from esign.verify.evidence_judgement import EvidenceCase, judge_evidence
from esign.verify.findings import document_findings, signature_findings, trust_findings
from esign.verify.limits import Limits
from esign.verify.pictures.compare import PageComparison, compare_pages
from esign.verify.pictures.evidence_pictures import evidence_pictures
from esign.verify.reading.byte_range import Coverage
from esign.verify.reading.document import PdfFile
from esign.verify.reading.pages import pages
from esign.verify.reading.signature_fields import signature_fields
from esign.verify.report import (
    Conclusion,
    DocumentFacts,
    EvidencePicture,
    Finding,
    Report,
    Severity,
    SignatureReport,
)
from esign.verify.signature_facts import algorithm_facts, claimed_time, signer_facts, timestamp_signers
from esign.verify.signature_identifiers import signature_identifiers
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints
from esign.verify.trust.existence import CarriedData
from esign.verify.trust.judging import TrustJudge
from esign.verify.trust.level import CoveringTimestamp, baseline_level
from esign.verify.trust.missing import Inventory
from esign.verify.trust.revocation import RevocationData
from esign.verify.trust.revocation_reading import ReadAnswers
from esign.verify.trust.validation_data import SecurityStore, read_security_store
from esign.verify.trust.verdict import TrustVerdict

DEFAULT_LIMITS: Final = Limits()
NOTHING_MORE: Final = SecurityStore()


def verify(
    document: BinaryIO | mmap,
    *,
    name: str,
    trust: TrustStore,
    at: datetime,
    password: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    supplement: SecurityStore = NOTHING_MORE,
    pictures: bool = False,
    constraints: AlgorithmConstraints | None = None,
    tell_missing: bool = False,
) -> Report:
    """Judge every signature in a PDF from the file, and from `supplement` where the caller has more than it carries.

    `document` is a seekable binary stream, or a mapped file; `name` is what the report calls it; `at` is the validation
    time (timezone-aware). `pictures`: draw the pages as they were signed and as they are now, compare what is seen, and
    take pictures of signatures and their photos. `constraints` say until when algorithms may be relied upon (None:
    those of the verifier). Nothing is fetched; `tell_missing`: say what could be (`Report.missing`, `online.py`). No
    exception leaves: a file that cannot be read or that exceeds the limits gives a report that says so.
    """
    file: PdfFile | None = None
    at = at.astimezone(UTC)
    try:
        file = PdfFile(document, limits, password)
        judgement = _Judgement(file, name, trust, at, supplement, constraints)
        if pictures:
            judgement.compare_pages(password)
        return judgement.report(tell_missing=tell_missing)
    except UnreadableDocument as error:
        finding = Finding(error.code, Severity.ERROR, f"The file cannot be judged: {error.cause}.")
    except LimitReached as error:
        finding = Finding("limit-reached", Severity.ERROR, f"The file cannot be judged: {error}.")
    except (OSError, MemoryError):
        finding = Finding("not-readable", Severity.ERROR, "The file cannot be judged: it could not be read to its end.")
    except MALFORMED:
        finding = Finding(
            "not-judgeable",
            Severity.ERROR,
            "The file cannot be judged: it is put together in a way that no writer uses.",
        )
    facts = DocumentFacts(name, file.sha256 if file else _digest(document), _size(document), 0, 0)
    return Report(facts, Conclusion.FAILED, findings=(finding,), readable=False, validation_time=at)


class _Judgement:
    """The judgement of one file."""

    def __init__(
        self,
        file: PdfFile,
        name: str,
        trust: TrustStore,
        at: datetime,
        supplement: SecurityStore,
        constraints: AlgorithmConstraints | None,
    ) -> None:
        self._file = file
        self._name = name
        self._at = at
        self._supplement = supplement
        self._store = read_security_store(file.present)
        fields = signature_fields(file)
        self._assessments = [assess(file, signature, self._store.certificates) for signature in fields]
        assess_changes(file, self._assessments)
        self._carried: list[CarriedData] = []
        self._pool, self._revocation = self._collect()
        self._covering = self._covering_timestamps()
        self._trust = TrustJudge(
            trust,
            at,
            self._pool,
            self._revocation,
            constraints=constraints,
            stores={found.end: found.store for found in self._covering},
            carried=self._carried,
        )
        self._inventory = Inventory(trust, self._pool, self._revocation, self._trust.proofs)
        self._findings: list[Finding] = []
        self._pages = PageComparison()
        self._evidence_pictures: tuple[EvidencePicture, ...] = ()

    def compare_pages(self, password: str | None) -> None:
        """Compare what the pages look like, before and now, and take pictures of the evidence."""
        self._pages = compare_pages(self._file, self._assessments, password)
        signatures = [found.signature for found in self._assessments if found.coverage.coverage is not Coverage.INVALID]
        self._evidence_pictures = evidence_pictures(self._file, signatures, password)

    def report(self, *, tell_missing: bool) -> Report:
        """Judge and conclude."""
        verdicts = self._trust.judge(self._assessments)
        cases = self._evidence_cases()
        self._findings += document_findings(self._file, self._assessments)
        for assessment in self._assessments:
            self._findings += signature_findings(assessment)
            if id(assessment) in verdicts:
                self._findings += trust_findings(assessment, verdicts[id(assessment)])
        self._findings += self._pages.findings
        self._findings += judge_evidence(self._file, cases)
        by_signature = {id(case.signature): case for case in cases}
        reports = tuple(
            self._signature_report(found, verdicts.get(id(found)), by_signature.get(id(found.signature)))
            for found in self._assessments
        )
        facts = DocumentFacts(
            self._name,
            self._file.sha256,
            self._file.size,
            len(pages(self._file.present)),
            len(self._file.revision_ends),
        )
        return Report(
            facts,
            conclude(reports, self._findings),
            reports,
            tuple(dict.fromkeys(self._findings)),
            pictures=self._pages.differences,
            evidence_pictures=self._evidence_pictures,
            permitted_pictures=self._pages.permitted,
            validation_time=self._at,
            missing=self._inventory.missing(self._assessments, verdicts) if tell_missing else (),
        )

    def _collect(self) -> tuple[CertificatePool, RevocationData]:
        """Gather certificates and revocation data from everywhere in the file, and from the supplement."""
        stores = (self._store, self._supplement)
        pool = CertificatePool([certificate for store in stores for certificate in store.certificates])
        revocation = RevocationData(
            [answer for store in stores for answer in store.ocsp_responses],
            [crl for store in stores for crl in store.crls],
            ReadAnswers(self._file.certificates),
        )
        for assessment in self._assessments:
            timestamps = (*assessment.signature_timestamps, *assessment.content_timestamps)
            items: list[bytes] = []
            for cms in filter(None, [assessment.cms, *(timestamp.cms for timestamp in timestamps)]):
                pool.add(cms.certificates)
                revocation.ocsp_responses += cms.ocsp_responses
                revocation.crls += cms.crls
                items += (*map(certificate_digest, cms.certificates), *cms.ocsp_responses, *cms.crls)
            self._carried.append(CarriedData(assessment.signature.end or self._file.size, frozenset(items)))
        pool.add(revocation.responders())
        return pool, revocation

    def _covering_timestamps(self) -> list[CoveringTimestamp]:
        covering = []
        for found in self._assessments:
            end = found.signature.end
            if found.is_timestamp and found.stands and found.timestamp is not None and end is not None:
                covered = self._file.revision(end)
                store = self._store if covered is self._file.present else read_security_store(covered)
                covering.append(CoveringTimestamp(end, found.timestamp, store))
        return covering

    def _evidence_cases(self) -> list[EvidenceCase]:
        return [
            EvidenceCase(
                found.signature,
                evidence_of(self._file, found.signature) if found.coverage.coverage is not Coverage.INVALID else None,
                found.certificate,
                found.encoded,
            )
            for found in self._assessments
            if not found.is_timestamp
        ]

    def _signature_report(
        self,
        assessment: Assessment,
        verdict: TrustVerdict | None,
        case: EvidenceCase | None,
    ) -> SignatureReport:
        signature = assessment.signature
        indication, sub_indication = indicate(assessment, verdict)
        level = "none"
        if assessment.cms is not None and assessment.stands and not assessment.is_timestamp:
            level = baseline_level(
                signature,
                assessment.cms,
                assessment.signature_timestamps,
                self._covering,
                self._store,
                self._pool,
                self._revocation,
            )
        return SignatureReport(
            field=signature.name,
            kind=signature.kind,
            revision=self._revision_number(signature.end),
            integrity=assessment.integrity.value,
            coverage=assessment.coverage.coverage.value,
            changes_after=assessment.changes_after.value,
            level=level,
            indication=indication,
            sub_indication=sub_indication,
            claimed_time=claimed_time(assessment),
            best_signature_time=verdict.proven_time if verdict else None,
            signer=signer_facts(assessment.certificate),
            algorithms=algorithm_facts(assessment),
            evidence=evidence_summary(case.evidence if case else None, bound=case.is_bound if case else False),
            changes=assessment.told_changes,
            timestamp_signers=timestamp_signers(assessment),
            identifiers=signature_identifiers(assessment),
        )

    def _revision_number(self, end: int | None) -> int:
        if end is None:
            return 0
        return sum(1 for revision_end in self._file.revision_ends if revision_end <= end + 2)


def _size(document: BinaryIO | mmap) -> int:
    try:
        document.seek(0, 2)
        return document.tell()
    except (OSError, ValueError):
        return 0


def _digest(document: BinaryIO | mmap) -> str:
    state = hashlib.sha256()
    try:
        document.seek(0)
        while piece := document.read(1 << 20):
            state.update(piece)
    except (OSError, ValueError):
        return ""
    return state.hexdigest()
