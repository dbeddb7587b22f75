"""Certificates that will sign nothing: recorded in the trail, which enters the task that has them revoked."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from ca.ports import CertificateIssuer
from esign.ceremony.acts import serial_text
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.envelopes import Change, Envelopes
from esign.ceremony.models import SigningAct
from esign.infra.clock import ClientClocks

ACTOR: Final = "system:signing"


class Abandoner:
    """Abandons event certificates."""

    def __init__(self, envelopes: Envelopes, clocks: ClientClocks, issuer: CertificateIssuer) -> None:
        self._envelopes = envelopes
        self._clocks = clocks
        self._issuer = issuer

    def abandon(self, envelope: str, recipient: str, manifest: str, certificate: str, reason: str) -> None:
        """Record that the certificate signs nothing more, for a reason (a code); its act is not gone on with.

        Doing it again changes nothing. Raises `Refusal` (`certificate-in-use`).
        """

        def command(session: Session, now_envelope: Envelope) -> commands.Command:
            now = self._clocks.now(session, now_envelope.client)
            return commands.AbandonCertificate(at=now, recipient=recipient, certificate=certificate, reason=reason)

        def mark(session: Session, _change: Change) -> None:
            act = session.get(SigningAct, (recipient, manifest, certificate), with_for_update=True)
            if act is not None:
                act.abandoned = True

        self._envelopes.change(envelope, command, actor=ACTOR, beside=mark)

    def abandon_unused(self, envelope: str, recipient: str, manifest: str, reason: str) -> None:
        """Abandon whatever was certified for this manifest but the accepted signature's certificate.

        Raises `TrustServiceError` where the issuer does not say what that is.
        """
        issued = [serial_text(serial) for serial in self._issuer.issued_for(bytes.fromhex(manifest))]
        if not issued:
            return
        with self._envelopes.database.reading() as session:
            found = self._envelopes.get(session, envelope).recipient(recipient)
        settled = {*found.abandoned, found.signature.certificate if found.signature else ""}
        for certificate in issued:
            if certificate not in settled:
                self.abandon(envelope, recipient, manifest, certificate, reason)
