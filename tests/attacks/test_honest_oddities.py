"""No honest file that we know of is found fault with."""

from __future__ import annotations

import pytest

from esign.verify import Severity
from tests.attacks import (  # noqa: F401  # entering the cases is what these modules are for
    honest_files,
    honest_messages,
    honest_tools,
    honest_updates,
)
from tests.attacks.cases import Case, honest
from tests.attacks.judging import explained, judged


@pytest.mark.parametrize("case", honest.cases.values(), ids=lambda case: case.name)
def test_the_oddity_is_no_fault(case: Case) -> None:
    report = judged(case.make(), case.password)
    assert report.conclusion == case.conclusion, explained(report)
    found = {finding.code for finding in report.findings if finding.severity is not Severity.INFO}
    assert found == case.codes, explained(report)
