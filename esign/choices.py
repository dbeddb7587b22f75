"""What the settings choose among: stores, channels, vendors, limits, and what the system says of itself."""

from __future__ import annotations

import platform
from dataclasses import replace

from ca.ports import HttpTransport
from esign.bundle.statement import SystemFacts
from esign.ceremony.face_check import FaceCheck, HttpFaceCheck, QualityOnly
from esign.ceremony.identity import HttpIdentityVerifier, IdentityVerifier, NoThirdParty
from esign.ceremony.vendor_call import Vendor
from esign.infra.blob_bucket import bucket_blob_store
from esign.infra.blob_folder import FolderBlobStore
from esign.infra.blobs import BlobStore
from esign.infra.clock import Clock
from esign.infra.notifications import Channel, OutboxChannel
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.quarantine import QuarantineLimits
from esign.infra.settings import BlobSettings, NotificationSettings, Settings, VendorSettings, VerificationSettings
from esign.infra.settings_digest import settings_digest
from esign.trail.checkpoint import Origin
from esign.verifications.line import LineLimits


def system_facts_of(settings: Settings, organisation: str) -> SystemFacts:
    """Return what evidence bundles say of this system; nothing of it is secret, and no path or address of a machine."""
    return SystemFacts(
        organisation=organisation,
        runtime=f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}",
        database="SQLite" if settings.database.is_sqlite else "PostgreSQL",
        blobs="folder" if settings.blobs.bucket is None else "bucket",
        configuration=settings_digest(settings),
        log=str(origin_of(settings)),
        timestamps=settings.timestamps.url,
        stand_ins=settings.stand_ins,
        operators={},
        is_custodian_apart=not (settings.authority.folder / "keys" / "custodian.pem").exists(),
    )


def origin_of(settings: Settings) -> Origin:
    """Return the log's name and epoch."""
    return Origin(settings.trail.name, settings.trail.epoch)


def open_blobs(settings: BlobSettings) -> BlobStore:
    """Return the blob store that the settings choose: a folder, or a bucket."""
    if settings.bucket is None:
        return FolderBlobStore(settings.folder, bytes_at_most=settings.bytes_at_most)
    return bucket_blob_store(
        settings.bucket,
        prefix=settings.prefix,
        endpoint=settings.endpoint,
        region=settings.region,
        access_key_id=settings.access_key_id,
        secret_access_key=settings.secret_access_key,
        bytes_at_most=settings.bytes_at_most,
    )


def quarantine_limits(settings: VerificationSettings) -> QuarantineLimits:
    """Return limits with places beside those of signing for the files that are handed in to be judged."""
    usual = QuarantineLimits()
    return replace(usual, at_once=usual.at_once + settings.at_once)


def line_limits(settings: VerificationSettings) -> LineLimits:
    """Return the bounds of the line of files that are handed in to be judged."""
    usual = LineLimits()
    held = max(usual.bytes_at_most, 4 * settings.upload_bytes_at_most)
    return replace(usual, at_once=settings.at_once, bytes_at_most=held)


def channel(settings: NotificationSettings, rules: OutgoingRules) -> Channel:
    """Return by what messages leave."""
    if settings.channel == "apprise":
        from esign.infra.apprise_channel import AppriseChannel  # noqa: PLC0415  # it takes half a second to load

        return AppriseChannel(settings.channels, rules=rules)
    return OutboxChannel()


def identity_verifier(settings: VendorSettings | None, transport: HttpTransport, clock: Clock) -> IdentityVerifier:
    """Return who is asked whether a person is who they say."""
    return NoThirdParty() if settings is None else HttpIdentityVerifier(_vendor(settings), transport, clock)


def face_check(settings: VendorSettings | None, transport: HttpTransport, clock: Clock) -> FaceCheck:
    """Return who is asked whether a photo shows a face."""
    return QualityOnly() if settings is None else HttpFaceCheck(_vendor(settings), transport, clock)


def _vendor(settings: VendorSettings) -> Vendor:
    return Vendor(by=settings.by, url=settings.url, key=settings.key, secret=settings.secret)
