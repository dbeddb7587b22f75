"""What the words of a refusal are: cause and cure in Chinese, then in English, each without its full stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

RefusalWords: TypeAlias = Mapping[str, tuple[str, str, str, str]]
"""By the code of the refusal."""
