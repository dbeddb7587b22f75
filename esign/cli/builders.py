"""What the composition root hands to the commands, so that no command chooses an implementation itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import click

from ca.ports import (
    CertificateIssuer,
    CertifiedKey,
    Clock,
    RevocationSource,
    TimestampAuthority,
    ValidationDataSource,
)
from ca.trust import TrustStore

if TYPE_CHECKING:
    from esign.infra.settings import Settings
    from esign.pades.typeface import Typeface
    from esign.process import Process
    from esign.public.rooms import Rooms
    from esign.trail.recheck import TimestampCheck


class OpenAuthority(Protocol):
    """An authority that serves certificates, timestamps and revocation answers in process."""

    @property
    def issuer(self) -> CertificateIssuer: ...

    @property
    def timestamp_authority(self) -> TimestampAuthority: ...

    @property
    def revocation(self) -> RevocationSource: ...

    @property
    def seal(self) -> CertifiedKey: ...

    @property
    def custodian_certificate(self) -> bytes: ...

    @property
    def organisation(self) -> str: ...


@dataclass(frozen=True)
class CertificateFacts:
    """One certificate of an authority, as `esign ca show` prints it."""

    role: str
    subject: str
    serial_number: str
    not_before: str
    not_after: str
    key: str
    sha256: str


@dataclass(frozen=True)
class Builders:
    """Builds implementations on demand. What they raise: `TrustServiceError`, `EsignError`."""

    clock: Clock
    entropy: Callable[[int], bytes]
    key_algorithms: Sequence[str]
    create_authority: Callable[[Path, bytes, str, str], None]
    """Folder, passphrase, key algorithm, organisation."""
    open_authority: Callable[[Path, bytes], OpenAuthority]
    describe_authority: Callable[[Path], Sequence[CertificateFacts]]
    authority_roots: Callable[[Path], TrustStore]
    remote_timestamp_authority: Callable[[str, TrustStore], TimestampAuthority]
    with_remote_revocation: Callable[[RevocationSource], RevocationSource]
    """Adds, behind the given source, the responders and lists that third parties' certificates name."""
    validation_data: Callable[[float], ValidationDataSource]
    """Fetches, for one verdict and under limits, what certificates name addresses for; all of it in so many seconds."""
    find_typeface: Callable[[], Typeface]
    make_authority: Callable[[Settings], None]
    """Makes the service's embedded authority at its first start, if it has none yet."""
    make_server_certificate: Callable[[Settings], None]
    """Lets the embedded authority certify the service's own HTTPS, where the settings ask for that."""
    rooms: Callable[[], Rooms]
    """The rooms of business packages: what is theirs whether or not anything is open."""
    open_process: Callable[[Settings], Process]
    """Opens everything that a process of the service needs."""
    authority_pages: Callable[[Settings], Callable[..., Iterable[bytes]]]
    """The trust services for verifiers outside, as a WSGI application."""
    stored_timestamps: Callable[[TrustStore], TimestampCheck]
    """Judges timestamps that were had earlier, against these roots."""
    service_timestamps: Callable[[Settings], TimestampAuthority]
    """The timestamp authority that the service's settings choose."""


def builders_of(context: click.Context) -> Builders:
    return cast(Builders, context.find_root().obj)
