"""An API over both databases, with an invented resource beside its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from esign.api.app import ApiApp, create_api
from esign.api.rates import Allowance, RateLimits
from esign.api.services import ApiServices
from esign.infra.database import Database
from esign.infra.keystore import FileKeyStore, create_key_store
from esign.infra.metrics import Metrics
from esign.infra.secret import Secret
from tests.databases import *  # noqa: F403
from tests.unit.api.invented_api import METRICS_TOKEN, Acts, Caller, Moment, invented, token_of


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def keys(tmp_path: Path) -> FileKeyStore:
    return create_key_store(tmp_path / "keys")


@pytest.fixture
def acts() -> Acts:
    return Acts()


@pytest.fixture
def services(database: Database, keys: FileKeyStore, moment: Moment) -> ApiServices:
    return ApiServices(
        strict_transport=True,
        database=database,
        keys=keys,
        clock=moment,
        metrics=Metrics(CollectorRegistry()),
        public_url="https://sign.example",
        mode="test",
        limits=RateLimits(key=Allowance("key", 100), refused=Allowance("refused", 20)),
        metrics_token=Secret(METRICS_TOKEN),
    )


@pytest.fixture
def api(services: ApiServices, acts: Acts) -> ApiApp:
    return create_api(services, [invented(services, acts)])


@pytest.fixture
def caller(api: ApiApp, services: ApiServices) -> Caller:
    """A client in test mode whose key has every scope."""
    return Caller(api, token_of(services))


@pytest.fixture
def stranger(api: ApiApp) -> Caller:
    """Somebody without a key."""
    return Caller(api, None)
