"""The recipient's side of the API: what links open, what sessions do, and the sealed copies afterwards."""

from __future__ import annotations

from esign.api.ceremony_resource import ceremony_resource
from esign.api.copy_resource import copy_resource
from esign.api.entrance_resource import entrance_resource
from esign.api.link_limits import USUAL, LinkLimits
from esign.api.operations import Resource
from esign.api.rates import Rates
from esign.ceremony.copies import Copies
from esign.service import Service


def ceremony_resources(service: Service, limits: LinkLimits = USUAL) -> list[Resource]:
    """Return the recipient's side of the API over a service."""
    ports = service.ports
    rates = Rates(ports.database, ports.trust_services.clock)
    copies = Copies(
        service.envelopes,
        service.documents,
        service.records,
        service.tokens,
        service.clocks,
        ports.messages,
        live=ports.live,
    )
    return [
        entrance_resource(service, rates, limits),
        ceremony_resource(service, copies),
        copy_resource(service, copies, rates, limits),
    ]
