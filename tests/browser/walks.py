"""Invented people and their contracts, and their way through the pages with handwriting from a seed."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any, Final

import demo.walks
from demo.player import Platform, Signer
from demo.walks import CHINESE, ENGLISH, Buttons, address
from esign.evidence.handwriting import Handwriting
from tests.documents import contract
from tests.signers import handwriting

__all__ = ["BOTH", "CHINESE", "ENGLISH", "TITLE", "YE", "YU", "Buttons", "Walk", "address", "order"]

YU: Final = Signer("applicant", "于文山", "13800000001", "11010519491231002X", b"", b"")
YE: Final = Signer("insured", "叶小禾", "13800000002", None, b"", b"")
TITLE: Final = "鸿福一生终身寿险合同"
BOTH: Final = ["applicant", "insured"]


@dataclass
class Walk(demo.walks.Walk):
    """A walk of somebody who writes what the seed says."""

    seed: int = 4

    def hand(self) -> Handwriting:
        return handwriting(self.seed)


def order(
    platform: Platform,
    *people: Signer,
    photo: bool = True,
    locale: str = "zh-CN",
    second_group: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """Have an envelope made and sent to these people, who read this language; in turn, if the second waits."""
    recipients = [
        person.form(locale=locale, group=number + 1 if second_group else 1) for number, person in enumerate(people)
    ]
    asked = {"photo": {"roles": [person.role for person in people]}} if photo else {}
    document = {"name": "合同.pdf", "content": base64.b64encode(contract()).decode("ascii")}
    body = {"title": TITLE, "documents": [document], "recipients": recipients, **asked, **more}
    made: dict[str, Any] = platform.api.post("/v1/envelopes", body, key=secrets.token_hex(12))
    return made
