"""Third parties behind the ports: what they answer is checked before it is used."""

from ca.ports import HttpAnswer, HttpTransport, TransportFailed, TransportFailure
from ca.remote.metered_transport import FetchLimits
from ca.remote.revocation import FirstRevocationSource, RemoteRevocationSource
from ca.remote.rfc3161 import RemoteTimestampAuthority
from ca.remote.token_verification import verified_stored_token
from ca.remote.transport import DirectTransport
from ca.remote.validation_data import RemoteValidationData

__all__ = [
    "DirectTransport",
    "FetchLimits",
    "FirstRevocationSource",
    "HttpAnswer",
    "HttpTransport",
    "RemoteRevocationSource",
    "RemoteTimestampAuthority",
    "RemoteValidationData",
    "TransportFailed",
    "TransportFailure",
    "verified_stored_token",
]
