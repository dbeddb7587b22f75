"""Errors of backups. Messages name files, tables and numbers, never a value out of a row."""

from __future__ import annotations

from esign.errors import EsignError


class BackupError(EsignError):
    """Something about a backup that the operator can mend."""


class BackupDamaged(BackupError):
    """A backup is not what its signed manifest says."""


class BackupRefused(BackupError):
    """A backup cannot be taken, or brought back, here and now."""
