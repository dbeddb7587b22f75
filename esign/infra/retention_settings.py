"""What an operator says of keeping and erasing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from esign.infra.settings_reader import SettingsReader

Erasure = Literal["propose", "carry-out"]


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """By which rules what is kept is kept (a name, or a file); whether the sweep only proposes erasure or carries out
    what two people agreed to; and at how many people with stored faces it warns."""

    rules: str
    erasure: Erasure
    faces_warned_at: int


def read_retention(read: SettingsReader) -> RetentionSettings:
    """Return the settings of this section, its problems noted with the reader."""
    return RetentionSettings(
        rules=read.text("retention.rules", "insurance-contract"),
        erasure=cast(Erasure, read.choice("retention.erasure", ("propose", "carry-out"), "propose")),
        faces_warned_at=read.whole("retention.faces_warned_at", 90_000, least=1, most=100_000_000),
    )
