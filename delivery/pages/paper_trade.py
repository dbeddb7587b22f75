"""What the pages about paper stand on: runs, parcels, lists, scans and desks over one house."""

from __future__ import annotations

from dataclasses import dataclass

from delivery.printing.desks import Desks
from delivery.printing.lists import Lists
from delivery.printing.parcels import Parcels
from delivery.printing.runs import PrintRuns
from delivery.printing.scanning import Scanning
from delivery.service.deliveries import Deliveries
from delivery.service.routing import Routing
from esign.public.house import House


@dataclass(frozen=True)
class PaperTrade:
    house: House
    routing: Routing
    runs: PrintRuns
    parcels: Parcels
    lists: Lists
    scanning: Scanning
    desks: Desks


def paper_trade(deliveries: Deliveries, routing: Routing, runs: PrintRuns) -> PaperTrade:
    """Return them over what a process has open."""
    house, parcels = deliveries.house, Parcels(deliveries, routing)
    return PaperTrade(
        house,
        routing,
        runs,
        parcels,
        Lists(house),
        Scanning(deliveries, routing, parcels),
        Desks(house, routing, runs),
    )
