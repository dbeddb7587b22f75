"""What the service is told about its trail: the log's name, and where it is remembered what was published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from esign.infra.settings_reader import SettingsReader

_ADDRESS: Final = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}")


@dataclass(frozen=True, slots=True)
class TrailSettings:
    """The log's name in its checkpoints; its least epoch (a later one is opened in the trail); and the file in which
    the last checkpoint is remembered, outside of what backups bring back. `witnesses` are e-mail addresses to which a
    checkpoint goes every so many hours."""

    name: str
    epoch: int
    memory: Path
    witnesses: tuple[str, ...]
    witness_hours: int


def read_trail_settings(read: SettingsReader, keys: Path) -> TrailSettings:
    """Take the settings of the trail; `keys` is the keys folder."""
    witnesses = read.texts("trail.witnesses")
    for number, address in enumerate(witnesses, start=1):
        if not _ADDRESS.fullmatch(address):
            read.refuse("trail.witnesses", f"has an entry (number {number}) that is no e-mail address", "write one@two")
    return TrailSettings(
        read.text("trail.name", "esign/trail", check=_not_a_log),
        read.whole("trail.epoch", 1, least=1, most=10**6),
        read.path("trail.memory", keys / "last-checkpoint.txt"),
        witnesses,
        read.whole("trail.witness_hours", 24, least=1, most=24 * 31),
    )


def _not_a_log(value: str) -> str | None:
    plain = value.isascii() and value[0].isalnum() and all(c.isalnum() or c in "._/-" for c in value)
    return None if plain and len(value) <= 120 else "is not a log's name: letters, digits and . _ / -"
