"""Entries of pyHanko dictionaries with references followed."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import generic


def resolved(dictionary: generic.DictionaryObject, key: str) -> Any:
    """Return the object behind `key`, which begins with a slash, or None.

    `DictionaryObject.get` is that of dict: unlike indexing, it gives the reference and not the object.
    """
    return dictionary[key] if key in dictionary else None  # noqa: SIM401
