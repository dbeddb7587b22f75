"""The option that names the service's settings file, and reading what it says."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from esign.cli.output import ExitStatus
from esign.infra.settings import Settings, load_settings
from esign.infra.settings_reader import SettingsRefused

Function = TypeVar("Function", bound=Callable[..., object])


def settings_option(function: Function) -> Function:
    """The option `--config`."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="TOML file with settings; default: $ESIGN_CONFIG. Variables ESIGN_... go before it.",
    )(function)


def read_settings(config: Path | None) -> Settings:
    """Return the settings; where some are wrong, tell each problem on a line of its own and end."""
    try:
        return load_settings(os.environ, config)
    except SettingsRefused as refused:
        for problem in refused.problems:
            click.echo(f"esign: {problem} [{problem.code}]", err=True)
        sys.exit(ExitStatus.REFUSED)
