"""`esign openapi`: the OpenAPI document, without a service that runs and without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import click

from ca.ports import Clock
from esign.api.app import openapi_document
from esign.ceremony.workfile import write_beside
from esign.cli.builders import builders_of
from esign.cli.output import errors_in_one_line
from esign.cli.settings_option import read_settings, settings_option
from esign.infra.database import JsonValue
from esign.infra.settings import Settings
from esign.process import Process, api_of, lay_foundation
from esign.public.rooms import NO_ROOMS, Rooms
from esign.trail.checkpoint import Origin

_NO_KEY: Final = bytes(32)


class _Unasked:
    """Stands where services would be, while an API is declared and nobody calls it: it has any part, and each refuses
    to be asked (`RuntimeError`)."""

    def __getattr__(self, name: str) -> _Unasked:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unasked()

    def __call__(self, *_: object, **__: object) -> object:
        raise RuntimeError("this API is only described: its services are not open")


@click.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write into this file instead.")
@settings_option
@click.pass_context
def openapi(context: click.Context, out: Path | None, config: Path | None) -> None:
    """Print the OpenAPI 3.1 document of the API, for generating clients and for comparing versions.

    The settings decide its address (public_url), and nothing else of it.

    \b
    Example:
        esign openapi --out openapi.json
    """
    with errors_in_one_line(as_json=False):
        builders = builders_of(context)
        document = described(read_settings(config), builders.clock, builders.rooms())
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        if out is None:
            click.echo(text, nl=False)
        else:
            write_beside(out, text.encode(), mode=0o644)


def described(settings: Settings, clock: Clock, rooms: Rooms = NO_ROOMS) -> dict[str, JsonValue]:
    """Return the document of the API that these settings and rooms make. No file, database or key is opened."""
    nobody: Any = _Unasked()
    process = Process(
        settings=settings,
        clock=clock,
        foundation=lay_foundation(settings),
        trusted=nobody,
        service=nobody,
        queue=nobody,
        messages=nobody,
        endpoints=nobody,
        deliveries=nobody,
        events=nobody,
        retention=nobody,
        rooms=rooms,
        parts=rooms.opened(nobody, settings.public_url),
        log=Origin(settings.trail.name, settings.trail.epoch).verifier(_NO_KEY),
    )
    return openapi_document(api_of(process))
