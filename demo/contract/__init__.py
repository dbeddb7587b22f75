"""What is signed in the demo: the story's values, and the room `policy` that prints them."""

from __future__ import annotations

from demo.contract.data import sample_contract
from demo.contract.render import render_contract

__all__ = ["render_contract", "sample_contract"]
