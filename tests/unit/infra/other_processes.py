"""Processes that are not this one's children."""

from __future__ import annotations

import os
import select


def process_ended(pid: int, seconds: float = 10.0) -> bool:
    """Wait until the process is gone; return whether it is."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        events = select.poll()
        events.register(pidfd, select.POLLIN)
        return bool(events.poll(seconds * 1000))
    finally:
        os.close(pidfd)
