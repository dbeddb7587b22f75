"""What the service is told about its trail: the log's name, and where it is remembered what was published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from esign.infra.settings_reader import SettingsReader


@dataclass(frozen=True, slots=True)
class TrailSettings:
    """The log's name in its checkpoints; its least epoch (a later one is opened in the trail); and the file in which
    the last checkpoint is remembered, outside of what backups bring back."""

    name: str
    epoch: int
    memory: Path


def read_trail_settings(read: SettingsReader, keys: Path) -> TrailSettings:
    """Take the settings of the trail; `keys` is the keys folder."""
    return TrailSettings(
        read.text("trail.name", "esign/trail", check=_not_a_log),
        read.whole("trail.epoch", 1, least=1, most=10**6),
        read.path("trail.memory", keys / "last-checkpoint.txt"),
    )


def _not_a_log(value: str) -> str | None:
    plain = value.isascii() and value[0].isalnum() and all(c.isalnum() or c in "._/-" for c in value)
    return None if plain and len(value) <= 120 else "is not a log's name: letters, digits and . _ / -"
