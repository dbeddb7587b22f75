"""What the service is told at its start: a TOML file, over it `ESIGN_*` variables, under both embedded defaults.

Without any setting it is whole on one machine: SQLite, a folder for blobs, the embedded authority, notifications
into an outbox, test mode.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from esign.infra.retention_settings import RetentionSettings, read_retention
from esign.infra.secret import Secret
from esign.infra.settings_reader import SettingsReader
from esign.infra.trail_settings import TrailSettings, read_trail_settings

Mode = Literal["test", "live"]
DEFAULT_DATA = Path("esign-data")
USUAL_POLICIES: Mapping[Mode, str] = {"test": "insurance-contract-test", "live": "insurance-contract"}
MEBIBYTE = 1024 * 1024
_LEVEL = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """`url` is a secret because it may hold a password."""

    url: Secret
    connections: int
    is_sqlite: bool


@dataclass(frozen=True, slots=True)
class BlobSettings:
    """Where blobs are: a folder, or a bucket (`bucket` not None) with a prefix."""

    folder: Path
    bucket: str | None
    prefix: str
    endpoint: str | None
    region: str
    access_key_id: Secret | None
    secret_access_key: Secret | None
    bytes_at_most: int


@dataclass(frozen=True, slots=True)
class AuthoritySettings:
    """The embedded authority, and whose seal it makes. Without a passphrase one is kept beside the keys."""

    folder: Path
    passphrase: Secret | None
    organisation: str


@dataclass(frozen=True, slots=True)
class TimestampSettings:
    """A third party's timestamps by URL, None for the embedded authority's; `trust` holds its roots."""

    url: str | None
    trust: Path | None


@dataclass(frozen=True, slots=True)
class VendorSettings:
    """A vendor that is asked about people: where, under which code evidence names it, and the shared secret."""

    url: str
    by: str
    key: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """`outbox` shows messages on a page; `apprise` sends them to `channels`, whose URLs hold credentials."""

    channel: Literal["outbox", "apprise"]
    channels: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Certificate (with its chain) and key of HTTPS, as PEM files; `embedded`: the embedded authority makes both."""

    certificate: Path
    key: Path
    embedded: bool


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where the service listens, in how many processes and threads, and how many proxies before it are believed about
    the caller's address. `metrics_token` opens /metrics."""

    host: str
    port: int
    processes: int
    threads: int
    trusted_proxies: int
    upload_bytes_at_most: int
    metrics_token: Secret | None
    tls: TlsSettings | None
    """None where the service speaks plain HTTP: on this machine alone, or behind a proxy that speaks HTTPS."""


@dataclass(frozen=True, slots=True)
class VerificationSettings:
    """Files that are handed in to be judged: whether by anybody on a public page, how many at once in each process, and
    how large."""

    public: bool
    at_once: int
    upload_bytes_at_most: int


@dataclass(frozen=True, slots=True)
class Settings:
    mode: Mode
    data: Path
    public_url: str
    keys: Path
    database: DatabaseSettings
    blobs: BlobSettings
    authority: AuthoritySettings
    timestamps: TimestampSettings
    identity: VendorSettings | None
    identity_levels: tuple[str, ...]
    """Codes of assurance, one of which everybody who signs for a room must reach in live mode; none are chosen yet
    where it is empty, and then rooms send nothing."""
    face: VendorSettings | None
    trail: TrailSettings
    acceptance_policy: str
    """By which policy files that are handed in are judged ours: its name, or its file."""
    workers: int
    notifications: NotificationSettings
    http: HttpSettings
    verification: VerificationSettings
    retention: RetentionSettings
    outgoing_allow: tuple[str, ...]
    webhooks_allow: tuple[str, ...]
    """Private addresses that clients may register; what the operator's own services need is no client's."""
    log_level: Literal["debug", "info", "warning", "error"]

    @property
    def strict_transport(self) -> bool:
        """Whether browsers are to insist on HTTPS: not for a certificate of a desk, whose name others use in turn."""
        embedded = self.http.tls is not None and self.http.tls.embedded
        return self.public_url.startswith("https://") and not embedded

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """The stand-ins that these settings choose; live mode refuses each until it is accepted in the trail."""
        chosen = ["embedded-authority"]
        if self.timestamps.url is None:
            chosen.append("embedded-timestamps")
        if self.identity is None:
            chosen.append("identity-not-verified")
        if self.face is None:
            chosen.append("face-quality-only")
        if self.notifications.channel == "outbox":
            chosen.append("outbox")
        return tuple(chosen)


def load_settings(environment: Mapping[str, str], config: Path | None = None) -> Settings:
    """Return the settings; `config` goes before `ESIGN_CONFIG`. No file or folder is made, no server is asked.

    Raises `SettingsRefused` with every problem: a wrong value, an unknown name (with the nearest known one), a file
    that cannot be read. No problem quotes a value.
    """
    if config is None and (named := environment.get("ESIGN_CONFIG")):
        config = Path(named)
    read = SettingsReader(environment, config)
    data = read.path("data", DEFAULT_DATA)
    keys = read.path("keys.folder", _beside(data))
    http = _http(read, keys)
    mode = cast(Mode, read.choice("mode", ("test", "live"), "test"))
    settings = Settings(
        mode=mode,
        data=data,
        public_url=read.text("public_url", _own_address(http), check=_not_a_web_address).rstrip("/"),
        keys=keys,
        database=_database(read, data),
        blobs=_blobs(read, data),
        authority=AuthoritySettings(
            read.path("authority.folder", data / "authority"),
            read.secret("authority.passphrase"),
            read.text("authority.organisation", "示例保险股份有限公司"),
        ),
        timestamps=TimestampSettings(
            read.text("timestamps.url", "", check=_not_a_web_address) or None, _folder(read, "timestamps.trust")
        ),
        identity=_vendor(read, "identity"),
        identity_levels=_levels(read),
        face=_vendor(read, "face"),
        trail=read_trail_settings(read, keys),
        acceptance_policy=read.text("acceptance.policy", USUAL_POLICIES[mode]),
        workers=read.whole("workers", 1, least=1, most=32),
        notifications=_notifications(read),
        http=http,
        verification=_verification(read),
        retention=read_retention(read),
        outgoing_allow=_allowed(read, "outgoing.allow"),
        webhooks_allow=_allowed(read, "webhooks.allow"),
        log_level=cast(
            Literal["debug", "info", "warning", "error"],
            read.choice("logs.level", ("debug", "info", "warning", "error"), "info"),
        ),
    )
    if settings.database.is_sqlite and (settings.workers > 1 or settings.http.processes > 1):
        read.refuse(
            "workers" if settings.workers > 1 else "http.processes",
            "is more than 1 with SQLite",
            "leave it at 1, or use PostgreSQL (database.url)",
        )
    if settings.mode == "live" and not settings.public_url.startswith("https://"):
        read.refuse("public_url", "is not https in live mode", "write the https address that people's phones reach")
    if settings.mode == "live" and http.tls is not None:
        chosen = "embedded" if http.tls.embedded else "files"
        read.refuse("http.tls", f"is {chosen} in live mode", "put a proxy with TLS in front")
    if settings.keys.resolve().is_relative_to(settings.data.resolve()):
        read.refuse("keys.folder", "is in the data folder", "give keys a place that backups of data leave out")
    read.finish()
    return settings


def _own_address(http: HttpSettings) -> str:
    """Return where the service is reached on this machine."""
    host = "127.0.0.1" if http.host in {"0.0.0.0", "::"} else http.host  # noqa: S104  # read, not listened on
    scheme = "http" if http.tls is None else "https"
    return f"{scheme}://[{host}]:{http.port}" if ":" in host else f"{scheme}://{host}:{http.port}"


def _beside(data: Path) -> Path:
    """Return where keys are by default: beside the data folder, so that its backups do not hold them."""
    whole = data.resolve()
    return whole.parent / f"{whole.name}-keys"


def _database(read: SettingsReader, data: Path) -> DatabaseSettings:
    url = read.secret("database.url") or Secret(f"sqlite:///{(data / 'esign.db').absolute()}")
    scheme = url.reveal().partition(":")[0].partition("+")[0]
    if scheme not in {"sqlite", "postgresql", "postgres"}:
        read.refuse(
            "database.url",
            "names neither SQLite nor PostgreSQL",
            "write sqlite:///folder/esign.db or postgresql://user@host/name",
        )
    connections = read.whole("database.connections", 8, least=1, most=200)
    return DatabaseSettings(url, connections, scheme == "sqlite")


def _blobs(read: SettingsReader, data: Path) -> BlobSettings:
    bucket = read.text("blobs.bucket", "", check=_not_a_bucket) or None
    settings = BlobSettings(
        folder=read.path("blobs.folder", data / "blobs"),
        bucket=bucket,
        prefix=read.text("blobs.prefix", "").strip("/"),
        endpoint=read.text("blobs.endpoint", "", check=_not_a_web_address) or None,
        region=read.text("blobs.region", "us-east-1"),
        access_key_id=read.secret("blobs.access_key_id"),
        secret_access_key=read.secret("blobs.secret_access_key"),
        bytes_at_most=read.whole("blobs.bytes_at_most", 200 * MEBIBYTE, least=MEBIBYTE, most=2048 * MEBIBYTE),
    )
    if (settings.access_key_id is None) != (settings.secret_access_key is None):
        read.refuse(
            "blobs.access_key_id", "and blobs.secret_access_key go together", "give both, or neither (machine roles)"
        )
    return settings


def _notifications(read: SettingsReader) -> NotificationSettings:
    channel = read.choice("notifications.channel", ("outbox", "apprise"), "outbox")
    urls = read.secret("notifications.urls")
    channels = tuple(Secret(line.strip()) for line in urls.reveal().splitlines() if line.strip()) if urls else ()
    if channel == "apprise" and not channels:
        read.refuse("notifications.channel", "is apprise without notifications.urls", "give its URLs, one on a line")
    return NotificationSettings(cast(Literal["outbox", "apprise"], channel), channels)


def _http(read: SettingsReader, keys: Path) -> HttpSettings:
    return HttpSettings(
        host=read.text("http.host", "127.0.0.1", check=_not_an_address),
        port=read.whole("http.port", 8320, least=1, most=65535),
        processes=read.whole("http.processes", 1, least=1, most=32),
        threads=read.whole("http.threads", 16, least=1, most=64),
        trusted_proxies=read.whole("http.trusted_proxies", 0, least=0, most=4),
        upload_bytes_at_most=read.whole(
            "http.upload_bytes_at_most", 40 * MEBIBYTE, least=MEBIBYTE, most=200 * MEBIBYTE
        ),
        metrics_token=read.secret("http.metrics_token"),
        tls=_tls(read, keys),
    )


def _verification(read: SettingsReader) -> VerificationSettings:
    return VerificationSettings(
        public=read.choice("verification.public", ("on", "off"), "on") == "on",
        at_once=read.whole("verification.at_once", 1, least=1, most=16),
        upload_bytes_at_most=read.whole(
            "verification.upload_bytes_at_most", 32 * MEBIBYTE, least=MEBIBYTE, most=200 * MEBIBYTE
        ),
    )


def _tls(read: SettingsReader, keys: Path) -> TlsSettings | None:
    chosen = read.choice("http.tls", ("off", "embedded", "files"), "off")
    certificate, key = _folder(read, "http.certificate"), _folder(read, "http.key")
    if chosen == "files" and (certificate is None or key is None):
        read.refuse("http.tls", "is files without http.certificate and http.key", "name both PEM files")
        return None
    if chosen != "files" and (certificate is not None or key is not None):
        read.refuse("http.certificate", "or http.key is given and http.tls is not files", "set http.tls to files")
        return None
    if chosen == "off":
        return None
    own = TlsSettings(keys / "server-certificate.pem", keys / "server-key.pem", embedded=True)
    return own if certificate is None or key is None else TlsSettings(certificate, key, embedded=False)


def _levels(read: SettingsReader) -> tuple[str, ...]:
    levels = read.texts("identity.levels")
    if len(set(levels)) < len(levels) or not all(_LEVEL.fullmatch(one) for one in levels):
        read.refuse(
            "identity.levels",
            "is no list of codes, each once",
            'write what the identity service reaches, such as ["three-factor"], or ["not-verified"] for nobody asked',
        )
        return ()
    return levels


def _vendor(read: SettingsReader, name: str) -> VendorSettings | None:
    url = read.text(f"{name}.url", "", check=_not_a_web_address)
    by, key = read.text(f"{name}.by", ""), read.text(f"{name}.key", "")
    secret = read.secret(f"{name}.secret")
    if not url:
        return None
    if not by or not key or secret is None:
        read.refuse(
            f"{name}.url", f"is given without {name}.by, {name}.key and {name}.secret", "give all four, or none"
        )
        return None
    return VendorSettings(url, by, key, secret)


def _folder(read: SettingsReader, name: str) -> Path | None:
    written = read.text(name, "")
    return Path(written) if written else None


def _allowed(read: SettingsReader, name: str) -> tuple[str, ...]:
    """Private addresses that requests may reach, each `host:port`."""
    allowed = read.texts(name)
    for number, entry in enumerate(allowed, start=1):
        host, colon, port = entry.rpartition(":")
        if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
            read.refuse(name, f"has an entry (number {number}) without host and port", "write host:port")
    return allowed


def _not_a_web_address(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return "is not a web address"
    if not whole:
        return "is not a web address"
    if parts.username is not None or parts.query or parts.fragment:
        return "has a user, query or fragment, and may have none"
    return None


def _not_a_bucket(value: str) -> str | None:
    plain = value.isascii() and value.replace("-", "").replace(".", "").isalnum() and value == value.lower()
    return None if plain and 3 <= len(value) <= 63 else "is not the name of a bucket"


def _not_an_address(value: str) -> str | None:
    try:
        ip_address(value)
    except ValueError:
        return None if value == "localhost" else "is not an IP address to listen on"
    return None
