"""Style and modules of rooms, each at an address with the digest of its room's: `/r/<room>/assets/<digest>/<name>`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from flask import Flask, Response

from esign.web.assets import FOREVER, MEDIA_TYPES, Assets
from esign.web.errors import no_page

PREFIX: Final = "/r"


@cache
def room_assets(package: str) -> Assets:
    """Return the files in the folder `static` of the package, as they are installed; none where there is none."""
    folder = files(package) / "static"
    found = sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else []
    contents = {one.name: one.read_bytes() for one in found if one.name.rpartition(".")[2] in MEDIA_TYPES}
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return Assets(digest.hexdigest()[:16], contents)


def room_asset_of(packages: Mapping[str, str]) -> Callable[[str, str], str]:
    """Return what templates ask for the address of a file of a room, by the room and the file's name.

    `packages` are those of the rooms, by name. Raises `KeyError` where there is no such room or file.
    """

    def address(room: str, name: str) -> str:
        found = room_assets(packages[room])
        found.contents[name]
        return f"{PREFIX}/{room}/assets/{found.digest}/{name}"

    return address


def declare_room_assets(app: Flask, packages: Mapping[str, str]) -> None:
    """Declare the files of rooms, by their names."""

    @app.get(f"{PREFIX}/<room>/assets/<digest>/<name>")
    def room_file(room: str, digest: str, name: str) -> Response:
        known = room_assets(packages[room]) if room in packages else None
        if known is None or digest != known.digest or name not in known.contents:
            raise no_page()
        response = Response(known.contents[name], content_type=MEDIA_TYPES[name.rpartition(".")[2]])
        response.headers["Cache-Control"] = FOREVER
        return response
