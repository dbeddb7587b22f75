"""How far a long run is, on the last line of a terminal."""

from __future__ import annotations

import sys
import time

import click

from esign.judging.progress import Progress


class TerminalProgress(Progress):
    """Progress on the last line of a terminal, wiped off at the end; nothing where there is no terminal."""

    def __init__(self, total: int) -> None:
        self._shows = sys.stderr.isatty()
        super().__init__(total, time.monotonic, self._show)

    def __enter__(self) -> TerminalProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Take the line away, so that results can be printed in its place."""
        if self._shows:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _show(self, line: str) -> None:
        if self._shows:
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)
