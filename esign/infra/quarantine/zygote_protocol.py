"""What owner and zygote both know of the messages between them; told in `zygote`."""

from __future__ import annotations

import struct
from typing import Final

MESSAGE_BYTES: Final = 64 * 1024
BOUNDS: Final = struct.Struct("=QIi")
"""What a child may take: bytes of memory, seconds of computing, and how far it stands back for others."""
STATUS: Final = struct.Struct("=i")
"""A wait status as waitpid(2) gives it."""
STARTED, NOT_STARTED = b"\x01", b"\x00"
