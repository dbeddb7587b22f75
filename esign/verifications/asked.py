"""A file that somebody hands in to be judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from esign.ceremony.recognition.public import MaySee

NAME_AT_MOST: Final = 160
BYTES_AT_MOST: Final = 32 * 1024 * 1024
"""The size of a file that is taken, unless the operator says another."""
PASSWORD_AT_MOST: Final = 127
"""So many bytes of a password count (ISO 32000-2, 7.6.4.3.3)."""
_FOLDERS: Final = re.compile(r"^.*[/\\]", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """The file and what it is called, what opens it if it is encrypted, and whose it is: an address's digest, a client,
    a member. Nothing of it is kept, and the password is nowhere written. `may_see` tells which envelopes of ours are
    theirs to see; None is a stranger."""

    content: bytes = field(repr=False)
    name: str = field(repr=False)
    origin: str
    password: str | None = field(default=None, repr=False)
    may_see: MaySee | None = field(default=None, repr=False)


def plain_name(told: str | None) -> str:
    """Return the file's name as it is shown: without folders, printable, not too long."""
    bare = _FOLDERS.sub("", told or "")
    plain = "".join(character for character in bare if character.isprintable()).strip()
    return plain[:NAME_AT_MOST] or "document.pdf"


def plain_password(told: str | None) -> str | None:
    """Return the password as it is tried, None where none was given."""
    plain = (told or "").encode("utf-8", "replace")[:PASSWORD_AT_MOST].decode("utf-8", "ignore")
    return plain or None
