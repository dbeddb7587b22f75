"""Errors of the foundation: settings, database, blobs, keys."""

from __future__ import annotations

from esign.errors import EsignError


class ConfigurationError(EsignError):
    """The service cannot start as it is set up."""


class DatabaseError(EsignError):
    """The database does not answer, or is not at the schema that this version needs."""


class KeyStoreError(EsignError):
    """The keys are missing, exposed, or not those that the data was protected with."""


class SealedDataError(EsignError):
    """Data at rest does not open: altered, moved to another record, or of another key."""


class RecordErased(EsignError):
    """The record was erased: what it held is gone for good."""


class RecordError(EsignError):
    """A personal record is not there, or is there already."""


class BlobError(EsignError):
    """A blob is missing, there already, too large, or its store does not answer."""
