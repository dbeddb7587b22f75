"""Drawn faces of the demo's two people. No real person: every shape is in `portraits.py`."""

from __future__ import annotations

from demo.faces.portraits import PORTRAITS, draw_face

__all__ = ["PORTRAITS", "draw_face"]
