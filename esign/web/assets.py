"""Style and modules, each at an address with the digest of all: kept for ever, and never of two releases at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

from esign.infra.columns import canonical_json
from esign.look import FOLDER

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Assets:
    """The files by name. `digest` is over all of them, for modules import one another by relative addresses."""

    digest: str
    contents: Mapping[str, bytes] = field(repr=False)

    @property
    def bundle(self) -> bytes:
        """All files as one: canonical JSON, each text by its name."""
        return canonical_json({name: content.decode("utf-8") for name, content in self.contents.items()})

    @cached_property
    def edition(self) -> str:
        """The SHA-256 of the bundle, by which it is kept for whoever looks at an old screen (64 hexadecimal digits)."""
        return hashlib.sha256(self.bundle).hexdigest()

    def address(self, name: str) -> str:
        """Return where the file is. Raises `KeyError` where there is none of this name."""
        self.contents[name]
        return f"/assets/{self.digest}/{name}"


@cache
def assets() -> Assets:
    """Return the files as they are installed."""
    found = [entry for folder in (FOLDER, files("esign.web") / "static") for entry in folder.iterdir()]
    ours = [entry for entry in found if entry.name.rpartition(".")[2] in MEDIA_TYPES]
    contents = {entry.name: entry.read_bytes() for entry in sorted(ours, key=lambda entry: entry.name)}
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return Assets(digest.hexdigest()[:16], contents)
