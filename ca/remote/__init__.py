"""Third parties behind the ports: what they answer is checked before it is used."""

from ca.remote.revocation import FirstRevocationSource, RemoteRevocationSource
from ca.remote.rfc3161 import RemoteTimestampAuthority
from ca.remote.transport import DirectTransport, HttpAnswer, HttpTransport, TransportFailed, TransportFailure

__all__ = [
    "DirectTransport",
    "FirstRevocationSource",
    "HttpAnswer",
    "HttpTransport",
    "RemoteRevocationSource",
    "RemoteTimestampAuthority",
    "TransportFailed",
    "TransportFailure",
]
