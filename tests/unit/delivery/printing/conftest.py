"""One print centre for all tests of this folder: it is slow to open and easy to share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.print_shop import PrintShop, print_shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintShop]:
    with print_shop(tmp_path_factory.mktemp("print-shop")) as shop:
        yield shop
