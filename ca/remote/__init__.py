"""Third parties behind the ports: what they answer is checked before it is used."""

from ca.remote.rfc3161 import RemoteTimestampAuthority
from ca.remote.transport import DirectTransport, HttpAnswer, HttpTransport, TransportFailed, TransportFailure

__all__ = [
    "DirectTransport",
    "HttpAnswer",
    "HttpTransport",
    "RemoteTimestampAuthority",
    "TransportFailed",
    "TransportFailure",
]
