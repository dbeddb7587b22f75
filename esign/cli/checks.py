"""What `esign doctor` says of one thing that it looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from ca.errors import TrustServiceError
from esign.errors import EsignError


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `needed` is False for what is told and decides nothing."""

    name: str
    passed: bool
    needed: bool
    said: str


def look(name: str, find: Callable[[], str], *, needed: bool = True) -> Check:
    """Return the check that is passed with what `find` returns, or failed with the error of ours that it raised."""
    try:
        return Check(name, True, needed, find())
    except (EsignError, TrustServiceError) as error:
        return Check(name, False, needed, str(error))
    except SQLAlchemyError as error:
        return Check(name, False, needed, f"the database refused ({type(error).__name__}); see its log")
