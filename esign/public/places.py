"""Where a signature or the insurer's seal stands in a document: beside a text, on a page, in a field that is there."""

from __future__ import annotations

from esign.pades.fields import AtAnchor, DefaultPlace, InField, OnPage, Place

__all__ = ["AtAnchor", "DefaultPlace", "InField", "OnPage", "Place"]
