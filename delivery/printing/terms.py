"""What an insurer tunes about printing (`delivery/data/printing.json`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from delivery.errors import DeliveryDataBroken

FILE: Final = "printing.json"


@dataclass(frozen=True)
class PrintTerms:
    """`keep_days` is how long a print file is kept, `policies_in_a_file` how many contracts one holds at most: a file
    is made in memory, and an outlet with more gets several, numbered. `daily_run_hour` is the hour in China from which
    the day's run begins by itself on working days; None where print operators begin every run."""

    keep_days: int
    policies_in_a_file: int
    daily_run_hour: int | None = None


@cache
def load_terms() -> PrintTerms:
    """Return the terms of the file. Raises `DeliveryDataBroken`."""
    return read_terms(files("delivery").joinpath("data", FILE).read_text("utf-8"))


def read_terms(text: str) -> PrintTerms:
    """Return the terms in this text. Raises `DeliveryDataBroken` (`printing-malformed`)."""
    try:
        terms = PrintTerms(**json.loads(text))
        sound = 1 <= terms.keep_days <= 60 and 1 <= terms.policies_in_a_file <= 500
        sound = sound and (terms.daily_run_hour is None or terms.daily_run_hour in range(24))
    except (ValueError, TypeError) as error:
        raise _malformed() from error
    if not sound:
        raise _malformed()
    return terms


def _malformed() -> DeliveryDataBroken:
    return DeliveryDataBroken(
        "printing-malformed",
        f"{FILE} has no keep_days from 1 to 60, no policies_in_a_file from 1 to 500, or a daily_run_hour that is none",
        "restore it in delivery/data",
    )
