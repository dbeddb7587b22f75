"""The option that names a month, for commands that count figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from esign.figures.months import Month, read_month

Function = TypeVar("Function", bound=Callable[..., object])


def month_option(help: str) -> Callable[[Function], Function]:
    """Return the option `--month`, with what it is the month of."""
    return click.option("--month", callback=_month, help=help)


def _month(_context: click.Context, _option: click.Parameter, typed: str | None) -> Month | None:
    month = None if typed is None else read_month(typed)
    if typed is not None and month is None:
        raise click.BadParameter("give a month as 2026-11")
    return month
