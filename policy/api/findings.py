"""What is the matter with what was asked for, told by its place in the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from esign.public.api import ApiError, Issue
from policy.proposing.findings import ProposalRefused, WishRefused

Done = TypeVar("Done")


def as_issues(work: Callable[[], Done]) -> Done:
    """Do the work; what is the matter with a proposal or wish is told by the place in the request.

    Raises `ApiError` (`request-invalid`), and what else the work raises.
    """
    try:
        return work()
    except (ProposalRefused, WishRefused) as refused:
        issues = tuple(Issue(_pointer(one.field), one.zh, one.en) for one in refused.findings)
        raise ApiError("request-invalid", issues=issues) from refused


def _pointer(field: str) -> str:
    """Return the JSON pointer of a field such as `beneficiaries[0].share`."""
    return "/" + field.replace("[", ".").replace("]", "").replace(".", "/")
