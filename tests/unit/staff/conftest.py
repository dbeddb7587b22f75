"""What the staff's tests share: real databases."""

from tests.databases import *  # noqa: F403
