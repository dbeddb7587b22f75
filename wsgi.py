"""The composition root: the one place that chooses implementations and hands them to the commands."""

# ruff: noqa: E402
from __future__ import annotations

from esign.interruption import end_quietly_when_interrupted

end_quietly_when_interrupted()  # first of all: loading the rest is most of what short commands do

import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import NameOID
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from ca.authority import EmbeddedAuthority, KeyAlgorithm, create_authority, describe_authority, open_authority
from ca.authority.description import CertificateDescription
from ca.authority.profiles import Role
from ca.http import create_trust_services_app
from ca.ports import (
    CertificateIssuer,
    CertifiedKey,
    HttpTransport,
    RevocationSource,
    TimestampAuthority,
    ValidationDataSource,
)
from ca.remote import (
    FetchLimits,
    FirstRevocationSource,
    RemoteRevocationSource,
    RemoteTimestampAuthority,
    RemoteValidationData,
    verified_stored_token,
)
from ca.trust import TrustStore, load_trust_store
from esign.ceremony.trust_services import MeasuredTimestampAuthority, TrustServices
from esign.cli import build_command
from esign.cli.builders import Builders, CertificateFacts
from esign.errors import FieldError
from esign.infra.authority_passphrase import authority_passphrase

if TYPE_CHECKING:
    from esign.infra.settings import Settings
    from esign.pades.typeface import Typeface
    from esign.process import Process
    from esign.public.rooms import Rooms
    from esign.trail.recheck import TimestampCheck

FONT_VARIABLE = "ESIGN_FONT"
FONTS: tuple[tuple[str, int], ...] = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),  # Debian, Ubuntu: fonts-noto-cjk, face SC
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),  # Arch
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),  # Fedora
)


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Authority:
    """The embedded authority as the commands see it."""

    embedded: EmbeddedAuthority

    @property
    def issuer(self) -> CertificateIssuer:
        return self.embedded.issuer

    @property
    def timestamp_authority(self) -> TimestampAuthority:
        return self.embedded.timestamp_authority

    @property
    def revocation(self) -> RevocationSource:
        return self.embedded.revocation

    @property
    def seal(self) -> CertifiedKey:
        return self.embedded.seal

    @property
    def custodian_certificate(self) -> bytes:
        return self.embedded.custodian_certificate

    @property
    def organisation(self) -> str:
        seal = x509.load_der_x509_certificate(self.embedded.seal.certificate)
        return str(seal.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def find_typeface() -> Typeface:
    """Return the typeface that draws on signature fields: $ESIGN_FONT, else Noto Sans CJK where it is usual.

    `ESIGN_FONT` is a path, with `#N` behind it for the N-th face of a collection. Raises `FieldError` with code
    `font-missing`.
    """
    from esign.pades.typeface import Typeface  # noqa: PLC0415  # only signing draws; verifying need not wait for it

    candidates = FONTS
    if given := os.environ.get(FONT_VARIABLE):
        path, _hash, face = given.partition("#")
        candidates = ((path, int(face) if face.isdigit() else 0),)
    for candidate, index in candidates:
        if Path(candidate).is_file():
            return Typeface(Path(candidate), index)
    raise FieldError(
        "font-missing",
        "there is no typeface for Chinese text on this machine",
        f"run: apt-get install fonts-noto-cjk, or set {FONT_VARIABLE}",
    )


def product_rooms() -> Rooms:
    """Return the rooms of the business packages, in the order in which they are shown. Nothing else knows them all."""
    from claims.room import ROOM as CLAIMS  # noqa: PLC0415  # most commands need none
    from delivery.room import ROOM as DELIVERY  # noqa: PLC0415
    from esign.public.rooms import Rooms  # noqa: PLC0415
    from policy.room import ROOM as POLICY  # noqa: PLC0415

    return Rooms((POLICY, DELIVERY, CLAIMS))


def build(rooms: Callable[[], Rooms] = product_rooms) -> Builders:
    """Return the builders of a product of these rooms."""
    return Builders(
        clock=clock,
        entropy=secrets.token_bytes,
        key_algorithms=tuple(KeyAlgorithm),
        create_authority=lambda folder, passphrase, algorithm, organisation: create_authority(
            folder,
            passphrase=passphrase,
            clock=clock,
            key_algorithm=KeyAlgorithm(algorithm),
            organization=organisation,
        ),
        open_authority=lambda folder, passphrase: _Authority(
            open_authority(folder, passphrase=passphrase, clock=clock)
        ),
        describe_authority=lambda folder: [_facts(description) for description in describe_authority(folder)],
        authority_roots=authority_roots,
        remote_timestamp_authority=lambda url, trust: RemoteTimestampAuthority(url, trust, clock),
        with_remote_revocation=lambda own: FirstRevocationSource(own, RemoteRevocationSource(clock)),
        validation_data=validation_data,
        find_typeface=find_typeface,
        make_authority=make_authority,
        make_server_certificate=make_server_certificate,
        rooms=rooms,
        open_process=lambda settings: open_process(settings, rooms()),
        authority_pages=authority_pages,
        stored_timestamps=stored_timestamps,
        service_timestamps=service_timestamps,
    )


def authority_roots(folder: Path) -> TrustStore:
    describe_authority(folder)
    return load_trust_store([folder / "certificates" / f"{Role.ROOT.value}.pem"])


def validation_data(seconds: float) -> ValidationDataSource:
    """Return what asks the addresses that certificates name, on the open internet alone, for so long altogether."""
    from esign.infra.outgoing import GuardedTransport  # noqa: PLC0415  # most commands ask nobody
    from esign.infra.outgoing_rules import OutgoingRules  # noqa: PLC0415

    return RemoteValidationData(clock, GuardedTransport(OutgoingRules()), limits=FetchLimits(seconds=seconds))


def make_authority(settings: Settings) -> None:
    """Make the service's embedded authority, with a passphrase beside the keys where the settings give none."""
    if not settings.authority.folder.exists():
        passphrase = authority_passphrase(settings, make=True)
        create_authority(
            settings.authority.folder,
            passphrase=passphrase,
            clock=clock,
            organization=settings.authority.organisation,
            base_url=f"{settings.public_url}/ca",
        )


def make_server_certificate(settings: Settings) -> None:
    """Let the embedded authority certify this service's HTTPS, unless the certificate there is good for a month yet."""
    tls = settings.http.tls
    if tls is None or not tls.embedded:
        return
    from esign.infra.server_certificate import is_good_for, server_hosts, write_server_files  # noqa: PLC0415  # as below

    hosts = server_hosts(settings)
    if not is_good_for(tls, hosts, clock()):
        made = _embedded(settings).server_issuer.issue_server_certificate(hosts)
        write_server_files(tls, made.certificate_chain, made.private_key)


def open_process(settings: Settings, rooms: Rooms) -> Process:
    """Open everything that a process of the service needs: trust services first. See `esign.process.open_process`."""
    from esign import process  # noqa: PLC0415  # commands that do not serve need not wait for it

    foundation = process.lay_foundation(settings)
    authority = _embedded(settings)
    timing = foundation.metrics.timing_timestamp
    trusted = process.Trusted(
        services=_trust_services(settings, authority, foundation.transport, timing),
        organisation=_Authority(authority).organisation,
        seal=authority.seal,
        expiries={one.role.value.replace("_", "-"): one.not_after for one in authority.describe()},
    )
    return process.open_process(settings, foundation, trusted, find_typeface(), clock, rooms)


def authority_pages(settings: Settings) -> Callable[..., Iterable[bytes]]:
    """Return the embedded authority's OCSP, CRL, AIA and TSA at /ca, where its certificates say they are."""
    services = create_trust_services_app(_embedded(settings))
    return DispatcherMiddleware(NotFound(), {"/ca": services})


def stored_timestamps(trust: TrustStore) -> TimestampCheck:
    """Return what judges timestamps of the trail's checkpoints: their signature, purpose and chain to these roots."""

    def check(token: bytes, digest: bytes) -> datetime:
        return verified_stored_token(token, digest, trust).gen_time

    return check


def service_timestamps(settings: Settings) -> TimestampAuthority:
    """Return the timestamp authority that the settings choose, for asking it alone."""
    from esign.infra.outgoing import GuardedTransport  # noqa: PLC0415  # as above
    from esign.infra.outgoing_rules import OutgoingRules  # noqa: PLC0415

    transport = GuardedTransport(OutgoingRules(settings.outgoing_allow))
    return _trust_services(settings, _embedded(settings), transport, nullcontext).timestamp_authority


def _embedded(settings: Settings) -> EmbeddedAuthority:
    return open_authority(settings.authority.folder, passphrase=authority_passphrase(settings), clock=clock)


def _trust_services(
    settings: Settings,
    authority: EmbeddedAuthority,
    transport: HttpTransport,
    timing: Callable[[], AbstractContextManager[None]],
) -> TrustServices:
    from esign.ceremony.signing_run import TEST_NOTICE  # noqa: PLC0415  # as above

    trust = authority.trust_store()
    timestamps: TimestampAuthority = authority.timestamp_authority
    revocation: RevocationSource = authority.revocation
    if settings.timestamps.url is not None:
        trust += load_trust_store([settings.timestamps.trust] if settings.timestamps.trust else [])
        timestamps = RemoteTimestampAuthority(settings.timestamps.url, trust, clock, transport=transport)
        revocation = FirstRevocationSource(revocation, RemoteRevocationSource(clock, transport=transport))
    return TrustServices(
        issuer=authority.issuer,
        timestamp_authority=MeasuredTimestampAuthority(timestamps, timing),
        revocation=revocation,
        trust=trust,
        custodian_certificate=authority.custodian_certificate,
        clock=clock,
        entropy=secrets.token_bytes,
        notice=TEST_NOTICE,
    )


def _facts(description: CertificateDescription) -> CertificateFacts:
    return CertificateFacts(
        role=description.role.value,
        subject=description.subject,
        serial_number=description.serial,
        not_before=description.not_before.isoformat(),
        not_after=description.not_after.isoformat(),
        key=description.key_algorithm.value,
        sha256=description.fingerprint,
    )


def main() -> None:
    """Run the `esign` command."""
    build_command(build())()
