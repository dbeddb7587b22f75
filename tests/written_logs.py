"""What the service logs, as a test reads it; afterwards logging is as pytest had it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from esign.infra.logs import OURS, set_up_logs


class Written(io.StringIO):
    """A stream of JSON lines."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@contextmanager
def logs_written(level: str) -> Iterator[Written]:
    """Set logs up as a process of the service does, into the stream that is yielded."""
    root, stream = logging.getLogger(), Written()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ("", *OURS)}
    set_up_logs(level, stream)
    yield stream
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
