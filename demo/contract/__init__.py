"""The demo's insurance contract: data, template and rendering."""

from __future__ import annotations

from demo.contract.data import ContractData, sample_contract
from demo.contract.render import render_contract

__all__ = ["ContractData", "render_contract", "sample_contract"]
