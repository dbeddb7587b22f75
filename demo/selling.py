"""A policy sold through the service: one call with the proposal, two phones, and the contract of the same day."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from demo.player import Platform
from demo.service import ServiceFailed, run_esign
from policy.documents.values import Application

ISSUED_SECONDS: Final = 120
LATER: Final = frozenset({"sales", "guardian"})


@dataclass(frozen=True)
class Sold:
    """What came out of a proposal: what the API says of it in the end, and the sealed contract."""

    proposal: Mapping[str, Any]
    contract: Path


def open_office(environment: Mapping[str, str], application: Application) -> dict[str, str]:
    """Open the insurer's first institution, with an administrator and the story's salesperson; return the ids."""
    sales = application.proposal.sales
    begun = _invited(environment, "init", "--login", "lin.qiushi", "--name", "林秋实", "--phone", "13800000010")
    institution = begun["institution"]
    of_seller = ("--name", sales.name, "--phone", sales.phone, "--role", "sales", "--institution", institution)
    return {"id": _invited(environment, "invite", "shen.zhiqiu", *of_seller)["member"], "institution": institution}


def _invited(environment: Mapping[str, str], *arguments: str) -> dict[str, str]:
    told: dict[str, str] = json.loads(run_esign(environment, "staff", *arguments, "--json"))
    return told


def propose(platform: Platform, application: Application, seller: Mapping[str, str]) -> dict[str, Any]:
    """Enter the story's proposal by one call, which also sends it; return what the API says of it. Raises `Refused`."""
    proposal = application.proposal
    body = {
        **{name: value for name, value in asdict(proposal).items() if name not in LATER},
        "sales": {**asdict(proposal.sales), **seller},
        "external_id": "order-2026-0001",
    }
    made: dict[str, Any] = platform.api.post("/v1/proposals", json.loads(json.dumps(body, default=str)))
    return made


def take_contract(platform: Platform, proposal: str, file: Path) -> Sold:
    """Wait until the policy is issued, and fetch its contract into the file. Raises `ServiceFailed`."""
    end = time.monotonic() + ISSUED_SECONDS
    while (found := platform.api.json(f"/v1/proposals/{proposal}"))["state"] != "issued":
        if time.monotonic() > end:
            raise ServiceFailed(f"the proposal is {found['state']} after {ISSUED_SECONDS} s; next: {found['next']}")
        time.sleep(0.2)
    file.write_bytes(platform.api.get(f"/v1/proposals/{proposal}/contract"))
    return Sold(found, file)
