"""What a set of bundles was found to be: counts of its bundles' conclusions, and findings on the set itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from esign.bundle.checking.set_listing import SetListing
from esign.bundle.checking.set_member import CheckedMember
from esign.bundle.checking.verdict import BundleFinding, Findings, finding_as_json
from esign.verify.report import Conclusion, Severity, time_text

SCHEMA: Final = "esign-bundle-set-check/1"
POSSIBLE: Final = (Conclusion.PASSED, Conclusion.INDETERMINATE, Conclusion.FAILED)
"""What a bundle and a set can come to."""


class SetVerdict:
    """The verdict on a set, which grows with each bundle that was judged. No bundle's own verdict is kept."""

    def __init__(self, name: str, checked_at: datetime, listing: SetListing) -> None:
        self.name = name
        self.listing = listing
        self.counts: Counter[Conclusion] = Counter()
        self._checked_at = checked_at
        self._findings = Findings()
        self._severities: set[Severity] = set()
        self._take(listing.findings)

    def count(self, checked: CheckedMember) -> None:
        """Take in a bundle of the set."""
        self.counts[checked.verdict.conclusion] += 1
        self._take(checked.findings)

    def _take(self, findings: tuple[BundleFinding, ...]) -> None:
        for one in findings:
            self._severities.add(one.severity)
            self._findings.add(one.step, one.code, one.member, severity=one.severity, **one.facts)

    @property
    def findings(self) -> tuple[BundleFinding, ...]:
        return self._findings.all()

    @property
    def conclusion(self) -> Conclusion:
        """The worst of the set's own findings and of its bundles."""
        failed = Severity.ERROR in self._severities or self.counts[Conclusion.FAILED]
        if failed or not self.listing.readable:
            return Conclusion.FAILED
        is_open = Severity.WARNING in self._severities or self.counts[Conclusion.INDETERMINATE]
        return Conclusion.INDETERMINATE if is_open else Conclusion.PASSED

    @property
    def exit_status(self) -> int:
        """0, 1 or 2 as of a bundle, 4 where the archive itself cannot be read."""
        return 4 if not self.listing.readable else list(Conclusion).index(self.conclusion)

    def head_as_json(self) -> dict[str, Any]:
        """Return what is known before the first bundle is judged, as JSON values."""
        listing = self.listing
        return {
            "schema": SCHEMA,
            "set": {"name": self.name, "bytes": listing.bytes, "index_sha256": listing.index_sha256},
            "checked_at": time_text(self._checked_at),
            "readable": listing.readable,
            "rows": listing.rows,
        }

    def end_as_json(self, say: Callable[[BundleFinding], str]) -> dict[str, Any]:
        """Return what is known behind the last bundle, as JSON values; `say` gives a finding's sentence."""
        return {
            "counts": {conclusion.value: self.counts[conclusion] for conclusion in POSSIBLE},
            "findings": [finding_as_json(finding, say) for finding in self.findings],
            "conclusion": self.conclusion.value,
        }
