"""The typefaces of the documents: Noto Serif CJK and Noto Sans CJK, regular and bold, in their Chinese faces."""

from __future__ import annotations

from esign.public.typesetting import FILES, lacking, printed_typefaces

__all__ = ["FILES", "lacking", "printed_typefaces"]
