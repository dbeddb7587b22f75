"""What can be asked about clocks: that an alarm was seen and what is done about it, and who makes a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from claims.domain.command import Command
from claims.domain.forms import Code, Id


@dataclass(frozen=True, kw_only=True)
class AcknowledgeAlarm(Command):
    """A manager saw that the clock that ended at `due` broke; `measure` is what is done, `words` a record of more."""

    clock: Code
    due: datetime
    measure: Code
    words: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class TakeCallBack(Command):
    """This person calls; nobody else does meanwhile."""

    callback: Id
    by: Id
