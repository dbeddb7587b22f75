"""Times as a certificate writes them: to the second, with the offset."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))


def local(at: datetime) -> str:
    """Return date, time and offset in Beijing, which both parties of a contract live by: 2026-11-26 17:41:23 +08:00."""
    text = at.astimezone(BEIJING).isoformat(sep=" ", timespec="seconds")
    return f"{text[:19]} {text[19:]}"
