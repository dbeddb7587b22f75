"""The code of one print of a policy: the number, which print it is, and a check letter, such as `CY2611000001-2K`.

A policy that was lost or damaged is printed again, and the earlier print may turn up. A code of its own tells the two
apart. A number alone is what covers bore before, what the contract's own pages bear, and what people type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from delivery.domain.refusal import refusal
from delivery.domain.state import Delivery

LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""23 letters, a prime number of them: without I, O and Q, which are read as 1 and 0."""
_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9]{6,18}", re.ASCII)
_OF_A_PRINT: Final = re.compile(r"([A-Z]{2}[0-9]{6,18})[\s-]+([0-9]{1,2}[A-Z])", re.ASCII)
LINK: Final = "/r/delivery/"
"""What stands in the address behind a cover's QR code, before the link."""


@dataclass(frozen=True)
class CodeRead:
    """What a code says: `number` is the policy's, `link` what ends the address behind a QR code; one of them is None.

    `mark` says which print it is on, None where the code is of the policy alone.
    """

    number: str | None
    link: str | None = None
    mark: str | None = None


def mark_of(policy: str, copy: int) -> str:
    """Return what follows the number on the print `copy` (from 1 to 99) of a policy: which one it is, a check letter.

    The letter is the weighted sum of all characters, modulo 23. One digit that is misread, and two digits that change
    places, make another letter.
    """
    told = f"{policy}{copy:02d}"
    total = sum(weight * _value(one) for weight, one in enumerate(told, 1))
    return f"{copy}{LETTERS[total % len(LETTERS)]}"


def print_code(policy: str, copy: int) -> str:
    """Return the code of the print `copy` of a policy."""
    return f"{policy}-{mark_of(policy, copy)}"


def read_code(code: str) -> CodeRead | None:
    """Return what a code says that was scanned or typed, None where it is none of a policy."""
    if LINK in code:
        link, _, mark = code.strip().rpartition(LINK)[2].partition("#")
        return CodeRead(None, link, mark.upper() or None)
    plain = code.strip().upper()
    if (of_a_print := _OF_A_PRINT.fullmatch(plain)) is not None:
        return CodeRead(of_a_print[1], mark=of_a_print[2])
    number = re.sub(r"[\s-]", "", plain)
    return CodeRead(number) if _NUMBER.fullmatch(number) else None


def require_current(state: Delivery, mark: str | None, *, is_at_hand: bool = True) -> None:
    """Raise `DeliveryRefused` unless what was scanned is the print that counts now.

    `scan-misread` for a mark that no print of this policy bears, `scan-earlier-print` for one that was printed anew
    since, `scan-which-print` for a number alone where that could be either. `is_at_hand` is false where somebody
    reports by its number a policy that is not there.
    """
    copy = state.copy
    if mark is None:
        if is_at_hand and copy.coded and copy.number > 1:
            raise refusal("scan-which-print", (str(copy.number),))
        return
    policy = "" if state.issued is None else state.issued.policy
    told = int(mark[:-1]) if mark[:-1].isascii() and mark[:-1].isdigit() and len(mark) <= 3 else 0
    if not 1 <= told <= copy.number or mark != mark_of(policy, told):
        raise refusal("scan-misread")
    if told < copy.number:
        raise refusal("scan-earlier-print", (str(told), str(copy.number)))


def _value(character: str) -> int:
    return int(character) if character.isdigit() else ord(character) - ord("A")
