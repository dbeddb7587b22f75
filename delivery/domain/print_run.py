"""A print run: the paper policies that a print centre prints together, and the files it prints them from.

Of which policies it is, their own events tell (`delivery.printed`). Here stands what files were made of them, who took
one to print it, and that it was erased: a print file holds whole contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, ClassVar

from delivery.domain.command import ByAnybody, ByMember, Command
from delivery.domain.event import Event
from delivery.domain.forms import Counted, Digest, FormError, Id, check_members
from delivery.domain.refusal import broken, refusal
from esign.trail.event import EventType

Number = Annotated[int, Counted(1, 9_999)]
"""The how manieth of a day, or the how manieth file of an outlet."""
Amount = Annotated[int, Counted(1, 9_999_999)]


@dataclass(frozen=True, kw_only=True)
class PrintRunBegun(Event):
    """`policies` are to be printed by the print centre; it is the run of this number on the day `printed_on`."""

    type: ClassVar[EventType] = EventType("print-run.begun")
    print_centre: Id
    printed_on: date
    number: Number
    policies: Amount
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class PrintFileMade(Event):
    """A file of so many policies and pages for an outlet; `sha256` is its digest, and of no signed document."""

    type: ClassVar[EventType] = EventType("print-run.file-made")
    file: Id
    outlet: Id
    part: Number
    policies: Amount
    pages: Amount
    sha256: Digest


@dataclass(frozen=True, kw_only=True)
class PrintFileTaken(Event):
    """Somebody took the file to print it."""

    type: ClassVar[EventType] = EventType("print-run.file-taken")
    file: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class PrintFileErased(Event):
    type: ClassVar[EventType] = EventType("print-run.file-erased")
    file: Id


@dataclass(frozen=True, kw_only=True)
class BeginRun(ByAnybody):
    """The members are those of `PrintRunBegun`."""

    print_centre: Id
    printed_on: date
    number: Number
    policies: Amount


@dataclass(frozen=True, kw_only=True)
class RecordFile(Command):
    """The members are those of `PrintFileMade`."""

    file: Id
    outlet: Id
    part: Number
    policies: Amount
    pages: Amount
    sha256: Digest


@dataclass(frozen=True, kw_only=True)
class TakeFile(ByMember):
    file: Id


@dataclass(frozen=True, kw_only=True)
class EraseFile(Command):
    file: Id


@dataclass(frozen=True)
class PrintRun:
    """The whole. `files` are their digests by id, `erased` those that are gone."""

    print_centre: str
    printed_on: date
    number: int
    policies: int
    last_at: datetime
    files: Mapping[str, str] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()


def decide_run(state: PrintRun | None, command: Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where it had its effect. Raises `DeliveryRefused`.

    Taking a file is recorded each time: it is asked later who had it.
    """
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    if isinstance(command, BeginRun):
        if state is not None:
            return ()
        return (PrintRunBegun(**vars(command)),)
    if state is None:
        raise refusal("no-print-run")
    if isinstance(command, RecordFile):
        return () if command.file in state.files else (PrintFileMade(**vars(command)),)
    if not isinstance(command, TakeFile | EraseFile) or command.file not in state.files:
        raise refusal("no-print-run")
    is_erased = command.file in state.erased
    if isinstance(command, EraseFile):
        return () if is_erased else (PrintFileErased(**vars(command)),)
    if is_erased:
        raise refusal("print-file-erased")
    return (PrintFileTaken(**vars(command)),)


def evolve_run(state: PrintRun | None, event: Event) -> PrintRun:
    """Return the run after `event`. Raises `DeliveryTrailBroken` for one that cannot follow."""
    if isinstance(event, PrintRunBegun) and state is None:
        return PrintRun(event.print_centre, event.printed_on, event.number, event.policies, event.at)
    if state is None:
        raise broken("a print run has events before its beginning")
    files, erased = state.files, state.erased
    if isinstance(event, PrintFileMade):
        files = {**files, event.file: event.sha256}
    elif isinstance(event, PrintFileErased):
        erased = erased | {event.file}
    elif not isinstance(event, PrintFileTaken):
        raise broken("an event of a print run is none of a print run")
    return PrintRun(state.print_centre, state.printed_on, state.number, state.policies, event.at, files, erased)


RUN_EVENTS: tuple[type[Event], ...] = (PrintRunBegun, PrintFileMade, PrintFileTaken, PrintFileErased)
