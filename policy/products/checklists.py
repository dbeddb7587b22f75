"""The checklists of recordings (双录): what a recorded sale has to show, in versions.

What has to be recorded is told by 保监发〔2017〕54号 (保险销售行为可回溯管理暂行办法).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from esign.public.values import Words
from policy.errors import PolicyDataBroken

FOLDER: Final = Path(__file__).parent.parent / "data" / "recordings"
BYTES_AT_MOST: Final = 64 * 1024


@dataclass(frozen=True)
class Item:
    """One thing that has to be seen and heard."""

    id: str
    text: Words


@dataclass(frozen=True)
class Checklist:
    version: str
    items: tuple[Item, ...]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(item.id for item in self.items)


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    text: Words


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")
    items: tuple[_Item, ...] = Field(min_length=1, max_length=64)


@cache
def load_checklists() -> tuple[Checklist, ...]:
    """Return every version, the oldest first. Raises `PolicyDataBroken` (`checklist-file`)."""
    return tuple(read_checklist(path.read_bytes()) for path in sorted(FOLDER.glob("checklist-*.json")))


def find_checklist(version: str) -> Checklist | None:
    """Return that version, None where there is none."""
    return next((one for one in load_checklists() if one.version == version), None)


def read_checklist(data: bytes) -> Checklist:
    """Read the file of one version. Raises `PolicyDataBroken` (`checklist-file`)."""
    if len(data) > BYTES_AT_MOST:
        raise _broken(f"it is longer than {BYTES_AT_MOST} bytes")
    try:
        file = _File.model_validate_json(data)
    except ValidationError as error:
        raise _broken("it is not of its form") from error
    items = tuple(Item(one.id, one.text) for one in file.items)
    if len({one.id for one in items}) < len(items):
        raise _broken("an item is there twice")
    return Checklist(file.version, items)


def _broken(cause: str) -> PolicyDataBroken:
    return PolicyDataBroken(
        "checklist-file", f"a checklist cannot be read: {cause}", "correct the file in policy/data/recordings"
    )
