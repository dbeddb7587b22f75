"""pyHanko as its documentation shows it, and tuned: the two yardsticks of `make bench`.

Both use the same in-process timestamp authority and revocation answers as ours. Stock loads the key for every
signature, lets pyHanko find out the size of the signature by itself, and builds a validation context anew.
Tuned loads the key once, reserves the bytes, shares the validation context, and draws the same appearance with
the same evidence files.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import tsp as asn1_tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.stamp import BaseStampStyle, TextStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from bench.ours import FIELD, NAME, Material
from ca.authority import Role
from ca.ports import SigningKey
from esign.pades.drawing import draw_appearance

RESERVED = 16384
logging.getLogger("pyhanko").setLevel(logging.ERROR)  # it warns in each run that nothing is fetched


class InProcessTimeStamper(TimeStamper):
    """Asks the embedded authority with the request that pyHanko made."""

    def __init__(self, respond: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._respond = respond

    async def async_request_tsa_response(self, req: asn1_tsp.TimeStampReq) -> asn1_tsp.TimeStampResp:
        return asn1_tsp.TimeStampResp.load(self._respond(req.dump()))


class LoadedSigner(SimpleSigner):
    """A signer whose key is loaded once; `SimpleSigner` parses it again for every signature."""

    def keep(self, key: SigningKey) -> None:
        self._key = key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        return self._key.sign(data)


@dataclass(frozen=True)
class OurStyle(BaseStampStyle):
    """Draws what ours draws, so that the same bytes are signed."""

    material: Material | None = None

    def create_stamp(self, writer: Any, box: Any, text_params: Any) -> Any:
        return _OurStamp(writer, self.material)


class _OurStamp:
    def __init__(self, writer: Any, material: Material | None) -> None:
        self._writer, self._material = writer, material

    def apply_appearance(self, annotation: Any) -> None:
        if self._material is None:
            raise ValueError("the style needs its material")
        drawn = draw_appearance(self._writer, annotation, self._material.appearance, self._material.files)
        annotation[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): drawn})


class Contestant:
    """pyHanko set up for one key; `tuned` chooses between the two ways."""

    def __init__(self, material: Material, key_path: str, chain_paths: list[str], passphrase: bytes, *, tuned: bool):
        self._material = material
        self._paths = (key_path, chain_paths, passphrase)
        self._tuned = tuned
        self._signer = self._load() if tuned else None
        self._timestamper = InProcessTimeStamper(material.authority.timestamp_authority.respond)
        if tuned:
            asyncio.run(self._timestamper.async_dummy_response("sha256"))
        self._context = self._validation_context() if tuned else None

    def _load(self) -> SimpleSigner:
        key, (certificate, *chain), passphrase = self._paths
        signer = SimpleSigner.load(key, certificate, ca_chain_files=chain, key_passphrase=passphrase)
        if signer is None:
            raise ValueError("pyHanko cannot load the key")
        if not self._tuned:
            return signer
        loaded = LoadedSigner(signer.signing_cert, signer.signing_key, signer.cert_registry)
        loaded.keep(self._material.key.key)
        return loaded

    def _validation_context(self) -> ValidationContext:
        authority = self._material.authority
        issuing, root = (authority.certificate(role) for role in (Role.ISSUING, Role.ROOT))
        asked = [self._material.key.certificate, authority.certificate(Role.TSA)]
        answers = [authority.revocation.ocsp(certificate, issuing) for certificate in asked]
        lists = [authority.revocation.crl(issuer) for issuer in (root, issuing)]
        return ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(root)],
            other_certs=[asn1_x509.Certificate.load(issuing)],
            ocsps=[asn1_ocsp.OCSPResponse.load(answer) for answer in answers if answer],
            crls=[asn1_crl.CertificateList.load(one) for one in lists if one],
            allow_fetching=False,
        )

    def sign(self, operation: str) -> bytes:
        """Sign at the level the operation names; return the file."""
        signer = self._signer or self._load()
        level = operation.removeprefix("sign-")
        timestamped = level != "b-b"
        validated = level in ("b-lt", "b-lta")
        meta = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=NAME,
            embed_validation_info=validated,
            validation_context=(self._context or self._validation_context()) if validated else None,
            use_pades_lta=level == "b-lta",
        )
        style = OurStyle(material=self._material) if self._tuned else TextStampStyle()
        pdf_signer = PdfSigner(
            meta, signer=signer, timestamper=self._timestamper if timestamped else None, stamp_style=style
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(self._material.prepared))
        reserved = RESERVED if self._tuned else None
        out = asyncio.run(pdf_signer.async_sign_pdf(writer, existing_fields_only=True, bytes_reserved=reserved))
        return bytes(out.getvalue())


def verify(signed: bytes, operation: str, material: Material) -> None:
    """Validate the signature as pyHanko's documentation shows it. Raises `ValueError` if it is not valid."""
    if operation == "verify-b-lta":
        validate_all(signed, material.authority.roots, at_most=1)
        return
    signature = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures[0]
    roots = [asn1_x509.Certificate.load(root) for root in material.authority.roots]
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    if not validate_pdf_signature(signature, context).bottom_line:
        raise ValueError("pyHanko does not accept the file")


def validate_all(signed: bytes, trusted: Iterable[bytes], *, at_most: int | None = None) -> None:
    """Validate the signatures of a file with `ades_lta_validation`, offline: all, or the first so many.

    `trusted` are roots (DER). Raises `ValueError` if one is not valid.
    """
    roots = [asn1_x509.Certificate.load(root) for root in trusted]
    checking = RevocationCheckingPolicy.from_legacy("soft-fail")
    for signature in PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures[:at_most]:
        specification = PdfSignatureValidationSpec(
            SignatureValidationSpec(
                cert_validation_policy=CertValidationPolicySpec(
                    trust_manager=SimpleTrustManager.build(trust_roots=roots),
                    revinfo_policy=CertRevTrustPolicy(checking),
                ),
                revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
            )
        )
        result = asyncio.run(ades_lta_validation(signature, specification))
        if result.ades_subindic is not AdESPassed.OK:
            raise ValueError(f"pyHanko does not accept the file: {result.failure_msg}")
