"""The door is proven on both databases."""

from __future__ import annotations

from tests.databases import *  # noqa: F403
