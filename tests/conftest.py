"""What every room's tests share: a real authority, the typeface, a contract."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings
from xdist.remote import Producer

from ca.authority import EmbeddedAuthority
from esign.infra.process_memory import loading, settle
from esign.pades.typeface import Typeface
from tests import documents
from tests.authority import create_test_authority
from tests.distribution import ByWhatIsShared, begins
from tests.files_in_memory import keep_files_in_memory
from tests.many_applications import make_applications_cheap
from tests.many_databases import make_databases_cheap

# How fast a machine is decides no test, and `make test` tries the same few examples every time; `make test-all` draws
# new ones, a hundred of each.
settings.register_profile("house", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("fresh-examples", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("ESIGN_TEST_PROFILE", "house"))
make_applications_cheap()
make_databases_cheap()
keep_files_in_memory()


_DATABASES = ("sqlite", "postgresql")
_ON_BOTH = frozenset({"backup", "infra", "integration", "operations", "trail"})
"""Folders whose tests are about the databases themselves."""


def _database_of(item: pytest.Item) -> str | None:
    """Return the database that the test was made for, None where it was made for no certain one."""
    callspec = getattr(item, "callspec", None)
    chosen = [] if callspec is None else [one for one in callspec.params.values() if one in _DATABASES]
    return chosen[0] if chosen else None


def _on_the_other(items: Iterable[pytest.Item]) -> set[str]:
    """Return the ids of what `make test` has on the other database: a file runs on one of the two, by its name."""
    there, left = {item.nodeid for item in items}, set()
    for item in items:
        here, database = _DATABASES[crc32(item.path.name.encode()) % 2], _database_of(item)
        if database is None or database == here or not _ON_BOTH.isdisjoint(item.path.parts):
            continue
        if item.nodeid.replace(database, here) in there:
            left.add(item.nodeid)
    return left


@pytest.hookimpl(optionalhook=True)  # who runs without the runner of several processes has none
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByWhatIsShared | None:
    """Hand out folders that share what is slow to open as a whole, other files one by one."""
    return ByWhatIsShared(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no core waits at the end; leave the longer matrix to `make test-all`."""
    items.sort(key=lambda item: begins(item.nodeid))
    if os.environ.get("ESIGN_TEST_FULL") == "1":
        return
    spared = _on_the_other(items) | {item.nodeid for item in items if item.get_closest_marker("full")}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in spared])
    items[:] = [item for item in items if item.nodeid not in spared]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Load all tests without the collector of garbage, and leave what they loaded out of it, as the service does."""
    with loading():
        found = yield
    settle()
    return found


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedAuthority:
    return create_test_authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture(scope="session")
def root_file(authority: EmbeddedAuthority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's root certificate as a DER file."""
    path = tmp_path_factory.mktemp("root") / "root.der"
    path.write_bytes(authority.roots[0])
    return path


@pytest.fixture(scope="session")
def typeface() -> Typeface:
    from wsgi import find_typeface  # noqa: PLC0415  # the composition root is loaded only where type is drawn

    return find_typeface()


@pytest.fixture(scope="session")
def contract() -> bytes:
    return documents.contract()
