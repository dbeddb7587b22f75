"""What the tests of the operator's acts share: real databases."""

from tests.databases import *  # noqa: F403
