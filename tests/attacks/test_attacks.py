"""No attack that we know of is accepted, and each is called what it is."""

from __future__ import annotations

import pytest

from tests.attacks import (  # noqa: F401  # entering the cases is what these modules are for
    certified_documents,
    cross_reference_attacks,
    form_attacks,
    incremental_saving,
    message_attacks,
    repair_attacks,
    shadows,
    signature_forgery,
    signature_wrapping,
    validation_attacks,
)
from tests.attacks.cases import Case, attack
from tests.attacks.judging import explained, judged


@pytest.mark.parametrize("case", attack.cases.values(), ids=lambda case: case.name)
def test_the_attack_is_found_and_named(case: Case) -> None:
    report = judged(case.make(), case.password)
    assert report.conclusion == case.conclusion, explained(report)
    assert case.codes <= {finding.code for finding in report.findings}, explained(report)
