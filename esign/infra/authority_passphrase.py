"""The passphrase of the embedded authority's keys: from the settings, else kept beside the service's own keys."""

from __future__ import annotations

import os
import secrets
from typing import Final

from esign.infra.errors import ConfigurationError
from esign.infra.settings import Settings

FILE: Final = "authority.passphrase"


def authority_passphrase(settings: Settings, *, make: bool = False) -> bytes:
    """Return the passphrase; `make` writes a fresh one where there is none yet.

    Raises `ConfigurationError` (`authority-passphrase`).
    """
    if settings.authority.passphrase is not None:
        return settings.authority.passphrase.reveal().encode()
    path = settings.keys / FILE
    try:
        if make and not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(24) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(
            "authority-passphrase",
            f"the authority's passphrase is neither in the settings nor in {path}",
            "set authority.passphrase_file to the file that holds it, or restore the keys folder",
        ) from error
