"""One-time codes by which a customer confirms: to the phone of the policy, for one thing, few of them, tried few times.

A code that was used is used up. What is confirmed is named (`about`): a code for one offer and account is none for
another.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from claims.messages.texts import CODE
from claims.refusals import refused
from claims.selfservice.models import SentCode
from esign.public.codes import CODE_LIFE, CODE_TRIES, CODES_AT_MOST, MINUTES
from esign.public.house import House
from esign.public.rows import rows_changed

ENTER: Final = "enter"
"""What a code is for that only proves who came."""


def about_of(*parts: str) -> str:
    """Return what a code is for, of parts that must all be the same when it is used."""
    return sha256("\0".join(parts).encode()).hexdigest()


class Confirming:
    """Sends and tries codes about a subject: a claim, or an invitation."""

    def __init__(self, house: House) -> None:
        self._house = house

    def send(self, session: Session, subject: str, about: str, person: str, at: datetime) -> None:
        """Send a code for this, in the caller's transaction. Raises `ClaimRefused` (`claim-codes-many`)."""
        for most, within in CODES_AT_MOST:
            chosen = select(func.count()).where(SentCode.claim == subject, SentCode.sent_at > at - within)
            if (session.scalar(chosen) or 0) >= most:
                raise refused("claim-codes-many")
        code = self._house.codes.new(at)
        session.add(SentCode(id=code, claim=subject, about=about, sent_at=at, tries=0, used_at=None))
        session.flush()
        facts: dict[str, str | int] = {"code": code, "minutes": MINUTES}
        self._house.messages.tell(session, CODE, person, about=subject, because=code, at=at, facts=facts)

    def confirm(self, subject: str, about: str, typed: str, at: datetime) -> str:
        """Try the newest code that was sent for this, in a transaction of its own, which counts the try whatever comes
        of it; return the code's id. Raises `ClaimRefused` (`claim-code-wrong`)."""
        with self._house.database.transaction() as session:
            chosen = select(SentCode.id).where(SentCode.claim == subject, SentCode.about == about)
            code = session.scalar(chosen.order_by(SentCode.sent_at.desc(), SentCode.id.desc()).limit(1))
            tried = update(SentCode).where(
                SentCode.id == code,
                SentCode.used_at.is_(None),
                SentCode.tries < CODE_TRIES,
                SentCode.sent_at > at - CODE_LIFE,
            )
            counted = session.execute(
                tried.values(tries=SentCode.tries + 1).execution_options(synchronize_session=False)
            )
            right = code is not None and bool(rows_changed(counted)) and self._house.codes.is_code(typed, code)
        if code is None or not right:
            raise refused("claim-code-wrong")
        return code

    @staticmethod
    def use_up(session: Session, code: str, at: datetime) -> None:
        """Use a code up beside what it confirms. Raises `ClaimRefused` (`claim-code-wrong`) if it was used before."""
        used = update(SentCode).where(SentCode.id == code, SentCode.used_at.is_(None)).values(used_at=at)
        if not rows_changed(session.execute(used.execution_options(synchronize_session=False))):
            raise refused("claim-code-wrong")
