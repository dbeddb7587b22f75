"""Numbers that people read and type: of proposals (投保单号), policies, service requests and endorsements (批单), in
the order of a day."""

from __future__ import annotations

from datetime import date
from enum import Enum

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from policy.models import TakenNumber

_TRIES = 20


class NumberKind(Enum):
    """What a number is of; its value begins it."""

    APPLICATION = "TB"
    POLICY = "CY"
    REQUEST = "BQ"
    ENDORSEMENT = "PD"


def take_number(session: Session, kind: NumberKind, subject: str, day: date) -> str:
    """Return the number of this kind that a proposal or service request has, or the next one of the day.

    Two who take one at once do not get the same: the second tries the one after. Raises `IntegrityError` where others
    are first twenty times.
    """
    held = session.scalar(select(TakenNumber.number).filter_by(proposal=subject, kind=kind.name.lower()))
    if held is not None:
        return held
    beginning = f"{kind.value}{day:%Y%m%d}"
    taken = session.scalar(select(func.max(TakenNumber.number)).where(TakenNumber.number.startswith(beginning)))
    count = 0 if taken is None else int(taken.removeprefix(beginning))
    for attempt in range(1, _TRIES + 1):
        number = f"{beginning}{count + attempt:06d}"
        try:
            with session.begin_nested():
                session.add(TakenNumber(number=number, kind=kind.name.lower(), proposal=subject))
                session.flush()
        except IntegrityError:
            if attempt == _TRIES:
                raise
        else:
            return number
    raise AssertionError("unreachable")


def number_of(session: Session, subject: str, kind: NumberKind = NumberKind.APPLICATION) -> str:
    """Return the number that people know a proposal by (投保单号), or of another kind what `subject` has."""
    return session.scalars(select(TakenNumber.number).filter_by(proposal=subject, kind=kind.name.lower())).one()
