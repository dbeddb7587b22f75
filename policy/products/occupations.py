"""The table of occupations (职业分类表): each with its class, from 1, the safest, to 6."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from esign.public.values import Words
from policy.errors import PolicyDataBroken

FILE: Final = Path(__file__).parent.parent / "data" / "occupations.json"
BYTES_AT_MOST: Final = 64 * 1024


@dataclass(frozen=True)
class Occupation:
    id: str
    name: Words
    risk_class: int


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    name: Words
    risk_class: int = Field(ge=1, le=6)


_ROWS: Final = TypeAdapter(tuple[_Row, ...])


@cache
def load_occupations() -> tuple[Occupation, ...]:
    """Return the table, in its own order. Raises `PolicyDataBroken` (`occupations-file`)."""
    return read_occupations(FILE.read_bytes())


def read_occupations(data: bytes) -> tuple[Occupation, ...]:
    """Read the file of the table. Raises `PolicyDataBroken` (`occupations-file`)."""
    if len(data) > BYTES_AT_MOST:
        raise _broken(f"it is longer than {BYTES_AT_MOST} bytes")
    try:
        rows = _ROWS.validate_json(data)
    except ValidationError as error:
        raise _broken("a row is not of its form") from error
    if len({row.id for row in rows}) < len(rows):
        raise _broken("an id is there twice")
    return tuple(Occupation(row.id, row.name, row.risk_class) for row in rows)


def find_occupation(id: str) -> Occupation | None:
    """Return the occupation with that id, None where the table has none. Raises as `load_occupations`."""
    return next((one for one in load_occupations() if one.id == id), None)


def _broken(cause: str) -> PolicyDataBroken:
    return PolicyDataBroken(
        "occupations-file", f"the table of occupations cannot be read: {cause}", "correct policy/data/occupations.json"
    )
