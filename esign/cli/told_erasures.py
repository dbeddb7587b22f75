"""Erasures that an exported trail tells, for a service that came back from an older backup."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from esign.cli.files import opened
from esign.retention.restoring import ERASING
from esign.trail.event import Event
from esign.trail.recheck import read_export, verify_export


def erasures_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--erasures`, as `erasures`: paths of exports, in a tuple."""
    return click.option(
        "--erasures",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help="An export of the trail that goes on after the backup: what it says was erased is erased again. "
        "Repeat it.",
    )(command)


def erasures_of(
    paths: Iterable[Path], public_keys: Collection[bytes], of_rooms: Collection[str] = ()
) -> Sequence[Event]:
    """Return what exported trails tell of erasures, after each was verified whole by these keys (32 bytes each).

    `of_rooms` are the types by which rooms of business packages tell of them.
    """
    types = ERASING | set(of_rooms)
    return [event for path in paths for event in _erasures_in(path, public_keys, types)]


def _erasures_in(path: Path, public_keys: Collection[bytes], types: Collection[str]) -> Sequence[Event]:
    with opened(path) as file:
        verify_export(file, public_keys)
        file.seek(0)
        return [logged.event for logged in read_export(file) if logged.event.type in types]
