"""Data files of the room, read strictly: each version in a file of its own, in force from a day.

A file that is not exactly of its form is refused: nothing is decided by a half-read file. Versions of one thing begin
on different days, and the one in force on a day is the last that began.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from claims.errors import ClaimDataBroken

DATA: Final = Path(__file__).parent / "data"
BYTES_AT_MOST: Final = 512 * 1024
STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True)
"""How a data file is read: no member too many, none of another type."""
VERSION_PATTERN: Final = r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$"
CODE_PATTERN: Final = r"^[a-z][a-z0-9-]{0,63}$"


class Versioned(Protocol):
    """A version of a table, with the day from which it is in force."""

    @property
    def version(self) -> str: ...

    @property
    def effective_from(self) -> date: ...


Sheet = TypeVar("Sheet", bound=BaseModel)
V = TypeVar("V", bound=Versioned)


def read_bytes(path: Path) -> bytes:
    """Return what a data file holds. Raises `ClaimDataBroken` where it is missing or too long."""
    if not path.is_file():
        raise broken(f"{path.name} is missing")
    with path.open("rb") as file:
        data = file.read(BYTES_AT_MOST + 1)
    if len(data) > BYTES_AT_MOST:
        raise broken(f"{path.name} is longer than {BYTES_AT_MOST} bytes")
    return data


def parse_sheet(model: type[Sheet], data: bytes, what: str) -> Sheet:
    """Return the file as its model. Raises `ClaimDataBroken`, which repeats no value."""
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise broken(f"{what} is not of its form: {place} ({first['type']})") from error


def versions_in(folder: Path, read: Callable[[bytes, str], V]) -> tuple[V, ...]:
    """Return every version in a folder, by the day from which it is in force.

    Raises `ClaimDataBroken` for a file whose name is not its version, and where two begin on one day, or there is none.
    """
    found = []
    for path in sorted(folder.glob("*.json")):
        sheet = read(read_bytes(path), path.name)
        if path.stem != sheet.version:
            raise broken(f"{path.name} is the file of another version")
        found.append(sheet)
    days = {one.effective_from for one in found}
    if not found or len(days) < len(found):
        raise broken(f"{folder.name} has no version, or two that begin on one day")
    return tuple(sorted(found, key=lambda one: one.effective_from))


def in_force(versions: Sequence[V], day: date) -> V:
    """Return the version in force on a day. Raises `ClaimDataBroken` for a day before the first one."""
    begun = [one for one in versions if one.effective_from <= day]
    if not begun:
        raise broken(f"no version is in force on {day.isoformat()}")
    return begun[-1]


def named(versions: Sequence[V], version: str) -> V:
    """Return the version of that name. Raises `ClaimDataBroken`: it was used, and its file is gone."""
    found = next((one for one in versions if one.version == version), None)
    if found is None:
        raise broken(f"the file of version {version} is missing, by which something was decided")
    return found


def broken(cause: str) -> ClaimDataBroken:
    return ClaimDataBroken("claim-data", cause, "correct the file in claims/data")
