"""Proofs of existence: since when what lies in a file is proven to have existed (EN 319 102-1 clause 5.6.2.3).

A document timestamp that is recognised proves that all it covers existed at its time: the revisions below it, the
signatures in them, and the certificates and revocation answers that lie there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509

from ca.encoding import certificate_digest
from esign.verify.trust.validation_data import SecurityStore


@dataclass(frozen=True)
class When:
    """The times that count for one signature or timestamp, all timezone-aware UTC.

    `existed`: it is proven to have existed then; or it is the time of validation, and `is_proven` is False. `after`: it
    is proven to have been made later than that. `fresh_for`: the time of which revocation answers must speak; of a
    timestamp it is the time that it names, since a file cannot hold answers made after its last timestamp.
    `answers_since`: revocation answers are taken to have existed then, where nothing proves an earlier time.
    """

    existed: datetime
    is_proven: bool
    fresh_for: datetime
    answers_since: datetime
    after: datetime | None = None


@dataclass(frozen=True)
class CarriedData:
    """What a CMS that ends at `end` carries: certificates by their SHA-256, revocation answers in DER."""

    end: int
    items: frozenset[bytes]


class Proofs:
    """Times at which prefixes of the file, and the validation data in them, are proven to have existed."""

    def __init__(
        self, at: datetime, stores: Mapping[int, SecurityStore] | None = None, carried: Sequence[CarriedData] = ()
    ) -> None:
        """`at` is the time of validation; `stores` holds the security store of each revision that is timestamped."""
        self.at = at
        self._stores = stores or {}
        self._carried = carried
        self._known: list[tuple[int, datetime]] = []
        self._items: dict[int, frozenset[bytes]] = {}

    def prove(self, end: int, moment: datetime) -> None:
        """Let a document timestamp that is recognised prove what lies before `end`."""
        self._known.append((end, moment))

    def of_prefix(self, end: int) -> datetime:
        """The earliest proven time of what ends at `end`, or the validation time."""
        return min([moment for covered, moment in self._known if covered >= end] + [self.at])

    def times_after(self, end: int) -> list[datetime]:
        """The proven times of what ends at `end`, by the document timestamps behind it."""
        return [moment for covered, moment in self._known if covered > end]

    def times_before(self, end: int) -> list[datetime]:
        """The times of document timestamps that lie before `end`: what ends there was made later."""
        return [moment for covered, moment in self._known if covered < end]

    def of_certificate(self, certificate: x509.Certificate) -> datetime:
        """The earliest proven time of the certificate, or the validation time."""
        return self._of_item(certificate_digest(certificate))

    def of_answer(self, encoded: bytes) -> datetime:
        """The earliest proven time of a revocation answer (DER), or the validation time."""
        return self._of_item(encoded)

    def _of_item(self, item: bytes) -> datetime:
        return min([moment for end, moment in self._known if item in self._items_before(end)] + [self.at])

    def _items_before(self, end: int) -> frozenset[bytes]:
        if end not in self._items:
            store = self._stores.get(end, SecurityStore())
            found = {*store.ocsp_responses, *store.crls, *map(certificate_digest, store.certificates)}
            self._items[end] = frozenset(found).union(*(one.items for one in self._carried if one.end < end))
        return self._items[end]
