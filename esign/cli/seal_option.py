"""The option --seal: which certificates are those of the insurer's seal."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

import click

from ca.trust import load_trust_store

seal_option: Final = click.option(
    "--seal",
    "seals",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Certificates of our seal, present and earlier: files or folders.",
)


def seal_digests(seals: Iterable[Path]) -> frozenset[str]:
    """Return the SHA-256 (lower-case hex) of every certificate in these files and folders. Raises `EsignError`."""
    return frozenset(sha256(anchor.certificate).hexdigest() for anchor in load_trust_store(tuple(seals)).anchors)
