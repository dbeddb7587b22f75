"""An authority that sealed, beside the one that renews."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ca.authority import EmbeddedAuthority, create_authority, open_authority
from tests.authority import PASSPHRASE, present_time


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedAuthority:
    """An authority whose certificates end half a day before those of the one that renews, however slow tests are."""
    folder = tmp_path_factory.mktemp("old") / "ca"
    create_authority(folder, passphrase=PASSPHRASE, clock=lambda: present_time() - timedelta(hours=12))
    return open_authority(folder, passphrase=PASSPHRASE, clock=present_time)
