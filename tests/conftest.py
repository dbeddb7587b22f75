"""What every room's tests share: a real authority, the typeface, a contract."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from ca.authority import EmbeddedAuthority
from esign.infra.process_memory import loading, settle
from esign.pades.typeface import Typeface
from tests import documents
from tests.authority import create_test_authority
from tests.files_in_memory import keep_files_in_memory
from tests.many_applications import make_applications_cheap

# How fast a machine is decides no test, and `make test` tries the same examples every time; `make test-all` draws
# new ones.
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("fresh-examples", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("ESIGN_TEST_PROFILE", "house"))
make_applications_cheap()
keep_files_in_memory()


_LONG = frozenset({"faults", "browser"})
"""Folders of tests that start the whole service."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no core waits at the end; leave the longer matrix to `make test-all`."""
    items.sort(key=lambda item: _LONG.isdisjoint(item.path.parts))
    if os.environ.get("ESIGN_TEST_FULL") == "1":
        return
    longer = [item for item in items if item.get_closest_marker("full")]
    items[:] = [item for item in items if item not in longer]
    config.hook.pytest_deselected(items=longer)


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
