"""What codes are called on a bundle's pages, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]
"""Chinese and English."""

ROLES: Final[Mapping[str, Pair]] = {
    "applicant": ("投保人", "applicant"),
    "insured": ("被保险人", "insured"),
    "agent": ("销售人员", "agent"),
    "witness": ("见证人", "witness"),
    "guardian": ("监护人", "guardian"),
    "copy": ("抄送", "copy"),
}
STATES: Final[Mapping[str, Pair]] = {
    "completed": ("已完成", "completed"),
    "declined": ("已拒签", "declined"),
    "expired": ("已过期", "expired"),
    "voided": ("已作废", "voided"),
}
