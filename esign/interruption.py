"""Ctrl-C ends the `esign` command quietly, with exit status 130, also while it is still being loaded."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

INTERRUPTED: Final = 130
_COMMAND: Final = "esign"


def end_quietly_when_interrupted() -> None:
    """Let an interruption end this process without a traceback, if it is the command.

    What the command has opened is closed on the way; a second interruption does not wait for that. Commands that run
    until they are interrupted set their own way out later.
    """
    if Path(sys.argv[0]).name == _COMMAND:
        signal.signal(signal.SIGINT, _end)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, _end_at_once)
    raise SystemExit(INTERRUPTED)


def _end_at_once(_number: int, _frame: FrameType | None) -> NoReturn:
    os._exit(INTERRUPTED)
