"""Errors of scoring."""

from __future__ import annotations

from esign.public.errors import EsignError


class RiskDataBroken(EsignError):
    """A data file of the risk points cannot be used: the points, the rules, or a decision table."""


class ScoringFailed(EsignError):
    """A table gave no score for what it was told. The claim goes to people: it is never scored as nothing."""


def broken(cause: str) -> RiskDataBroken:
    """Return the error for a file that is not of its form."""
    return RiskDataBroken(
        "risk-data",
        f"the risk points cannot be used: {cause}",
        "correct the file in claims/data/risk and run make_tables.py",
    )


def failed(cause: str) -> ScoringFailed:
    """Return the error for a score that was not made."""
    return ScoringFailed(
        "scoring-failed", f"the claim was not scored: {cause}", "let a person decide, correct the table and score again"
    )
