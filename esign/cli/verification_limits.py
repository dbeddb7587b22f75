"""What `esign verify` lets one file take, and what it says where a machine confines its reader less than others do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from esign.infra.quarantine.confinement import Confinement
from esign.judging.question import MEMORY_MIB, SECONDS, JudgingLimits

_T = TypeVar("_T")


def limit_options(command: Callable[..., _T]) -> Callable[..., _T]:
    """Add --seconds and --memory, and hand them over as `limits`."""

    @click.option(
        "--seconds",
        type=click.FloatRange(min=0.1, max=86_400),
        default=SECONDS,
        show_default=True,
        help="How long reading one file may take.",
    )
    @click.option(
        "--memory",
        type=click.IntRange(min=16, max=1 << 20),
        default=MEMORY_MIB,
        show_default=True,
        help="How much memory reading one file may take, in MiB.",
    )
    @wraps(command)
    def with_limits(*arguments: Any, seconds: float, memory: int, **options: Any) -> _T:
        return command(*arguments, limits=JudgingLimits(seconds, memory), **options)

    return with_limits


def tell_confinement(confinement: Confinement) -> None:
    """Say what this machine does not enforce on the process that reads; limits on time and memory it always has."""
    if confinement.complete:
        return
    missing = [
        words
        for enforced, words in (
            (confinement.network_closed, "it could reach the network"),
            (confinement.system_calls_filtered, "it could open files of yours"),
            (confinement.dies_with_owner, "it could outlive this command"),
            (confinement.files_limited and confinement.no_new_privileges, "it could start programs and write files"),
        )
        if not enforced
    ]
    if missing:
        click.echo(
            "esign: time and memory are limited, but this machine (a container without the rights?) does not confine "
            f"the process that reads the file: {'; '.join(missing)}",
            err=True,
        )
