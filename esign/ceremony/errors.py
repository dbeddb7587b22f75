"""Errors of the envelopes' service, beside the refusals of the domain."""

from __future__ import annotations

from esign.errors import EsignError


class EnvelopeError(EsignError):
    """An envelope cannot be made so, or is not there for whoever asks."""


class LinkRefused(EsignError):
    """A link or a session does not open this ceremony."""


class NotAvailable(EsignError):
    """What is asked for is not there yet, or not any more."""


class VendorUnavailable(EsignError):
    """A vendor that was asked about a person did not answer. Trying again later may succeed."""


class VendorRefused(EsignError):
    """A vendor that was asked about a person will not answer, or answered something that cannot be believed."""


class IdentityServiceUnavailable(VendorUnavailable):
    """The service that checks identities did not answer."""


class IdentityServiceRefused(VendorRefused):
    """The service that checks identities refuses us, or its answer fails the checks."""


class FaceServiceUnavailable(VendorUnavailable):
    """The service that checks faces did not answer."""


class FaceServiceRefused(VendorRefused):
    """The service that checks faces refuses us, or its answer fails the checks."""
