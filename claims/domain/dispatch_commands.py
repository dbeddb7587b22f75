"""What can be asked about who drives to a loss."""

from __future__ import annotations

from dataclasses import dataclass

from claims.domain.command import Command
from claims.domain.forms import Code, Id, Metres


@dataclass(frozen=True, kw_only=True)
class SendSurveyor(Command):
    """This surveyor is asked to go; `metres` is how far they are, None where their place is not known."""

    survey: Id
    to: Id
    metres: Metres | None
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeclineSurvey(Command):
    """Whoever was sent does not go."""

    survey: Id
    reason: Code
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecordNobodyFree(Command):
    """No surveyor is free: the team lead finds one, or another way."""

    survey: Id
    by: Id
