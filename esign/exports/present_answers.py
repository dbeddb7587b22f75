"""What shows that the seal of a bundle, and its timestamps, had not been revoked when they were made: asked at export.

What the documents carry speaks of the day on which they were sealed; a bundle is signed on another. So the
certificates of seal and timestamp authority are asked about anew, once for all the bundles that are made within two
minutes: an answer that is five minutes old still speaks of now.
"""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime, timedelta
from typing import Final

from ca.ports import CertifiedKey
from esign.ceremony.trust_services import TrustServices
from esign.pades.chains import timestamp_chain
from esign.pades.validation_data import ValidationData, collect_validation_data

GOOD_FOR: Final = timedelta(minutes=2)
_NOTHING: Final = hashlib.sha256(b"").digest()


class PresentAnswers:
    """Chains of the seal and of timestamps, with answers on their revocation of a moment ago. Safe between threads."""

    def __init__(self, services: TrustServices, seal: CertifiedKey) -> None:
        self._services = services
        self._seal = seal
        self._lock = threading.Lock()
        self._asked_at: datetime | None = None
        self._present = ValidationData()

    def present(self) -> ValidationData:
        """Return what holds for the seal, and for a timestamp of now.

        Raises `SigningError` (`revocation-data-missing`) and what the trust services raise: a bundle that nobody could
        rely upon is not made.
        """
        with self._lock:
            now = self._services.clock()
            if self._asked_at is None or not timedelta(0) <= now - self._asked_at < GOOD_FOR:
                roots = [anchor.certificate for anchor in self._services.trust.anchors]
                token = self._services.timestamp_authority.timestamp(_NOTHING).der
                chains = [(self._seal.certificate, *self._seal.chain), timestamp_chain(token, roots)]
                self._present = collect_validation_data(chains, self._services.revocation)
                self._asked_at = now
            return self._present
