"""Makes the small signed files that fuzzing starts from: `python -m tests.fuzz.make_seeds`.

Keys are made anew and thrown away each time, so the corpus that grew from the older files must be grown again.
"""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import Final

from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench.stock import InProcessTimeStamper
from ca.authority.keys import SoftwareKey
from ca.authority.profiles import key_usage
from ca.authority.timestamping import EmbeddedTimestampAuthority
from ca.ports import CertifiedKey
from esign.pades.act import archive
from esign.pades.validation_data import ValidationData
from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile
from esign.verify.reading.signature_fields import signature_fields
from tests.fuzz.judged import SEEDS
from tests.unit.verify.small_pki import NOW, certify, crl_of, ocsp_answer

AT: Final = NOW + timedelta(hours=1)
VALID: Final = (AT - timedelta(days=30), AT + timedelta(days=3650))
RESERVED: Final = 3000
TIMESTAMPED_RESERVED: Final = 6000


def form() -> bytes:
    """One page with a text, a text field and two empty signature fields, each object written out."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 1/DA(/F 9 Tf)/DR<</Font<</F 5 0 R>>>>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Annots[6 0 R]"
        b"/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length 33>>stream\nBT /F 9 Tf 20 180 Td (Paid) Tj ET\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(1)/Rect[20 20 90 40]/F 4/P 3 0 R/DA(/F 9 Tf)>>",
    ]
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    rows = [b"0000000000 65535 f \n"]
    for number, value in enumerate(objects, 1):
        rows.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start = len(out)
    out += b"xref\n0 %d\n%s" % (len(rows), b"".join(rows))
    out += b"trailer\n<</Size %d/Root 1 0 R/ID[<01><01>]>>\nstartxref\n%d\n%%%%EOF\n" % (len(rows), start)
    document = io.BytesIO(bytes(out))
    writer = IncrementalPdfFileWriter(document)
    for name, left in (("first", 20), ("second", 110)):
        append_signature_field(writer, SigFieldSpec(name, box=(left, 60, left + 80, 100)))
    writer.write_in_place()
    return document.getvalue()


class Signing:
    """Keys of an invented authority, and the acts done with them."""

    def __init__(self) -> None:
        certifies = key_usage(key_cert_sign=True, crl_sign=True)
        self.root = certify("root", None, x509.BasicConstraints(ca=True, path_length=None), certifies, valid=VALID)
        self.signer = certify("signer", self.root, key_usage(digital_signature=True), valid=VALID)
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        self.stamper = certify("time", self.root, stamping, valid=VALID)
        key = CertifiedKey(SoftwareKey(self.stamper.key), self.stamper.der, (self.root.der,))
        self.timestamps = EmbeddedTimestampAuthority(key, "1.2.3.4", lambda: NOW - timedelta(days=1))

    def sign(
        self,
        document: bytes,
        field: str,
        *,
        timestamped: bool = False,
        sub_filter: SigSeedSubFilter = SigSeedSubFilter.PADES,
        certifies: MDPPerm | None = None,
        lock: FieldMDPSpec | None = None,
        encrypted: bool = False,
    ) -> bytes:
        """Return the document with one more signature, in the field of this name."""
        out = io.BytesIO(document)
        writer = IncrementalPdfFileWriter(out)
        if encrypted:
            writer.encrypt("")
        meta = PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=sub_filter,
            certify=certifies is not None,
            docmdp_permissions=certifies or MDPPerm.FILL_FORMS,
        )
        stamper = InProcessTimeStamper(self.timestamps.respond) if timestamped else None
        spec = SigFieldSpec(field, field_mdp_spec=lock) if lock else None
        signer = PdfSigner(meta, signer=self._signer(), timestamper=stamper, new_field_spec=spec)
        reserved = TIMESTAMPED_RESERVED if timestamped else RESERVED
        asyncio.run(signer.async_sign_pdf(writer, in_place=True, output=out, bytes_reserved=reserved))
        return out.getvalue()

    def _signer(self) -> SimpleSigner:
        encoded = self.signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return SimpleSigner(
            asn1_x509.Certificate.load(self.signer.der),
            PrivateKeyInfo.load(encoded),
            SimpleCertificateStore.from_certs([asn1_x509.Certificate.load(self.root.der)]),
        )

    def validation_data(self) -> ValidationData:
        asked = (self.signer, self.stamper)
        return ValidationData(
            certificates=(self.root.der, self.signer.der, self.stamper.der),
            ocsp_responses=tuple(ocsp_answer(holder, self.root, self.root) for holder in asked),
            crls=(crl_of(self.root),),
        )

    def archived(self, document: bytes) -> bytes:
        return document + archive(io.BytesIO(document), self.validation_data(), self.timestamps)


def updated(document: bytes, *, value: str) -> bytes:
    """Return the document with the text field filled in, in one more revision."""
    out = io.BytesIO(document)
    writer = IncrementalPdfFileWriter(out)
    field = next(field.get_object() for field in writer.root["/AcroForm"]["/Fields"])
    field[pdf_name("/V")] = pdf_string(value)
    writer.update_container(field)
    writer.write_in_place()
    return out.getvalue()


def packed(document: bytes) -> bytes:
    """Return the document with cross-reference and object streams, as other writers make it."""
    writer: PdfFileWriter = copy_into_new_writer(
        IncrementalPdfFileWriter(io.BytesIO(document)).prev, writer_kwargs={"stream_xrefs": True}
    )
    stream = writer.prepare_object_stream(compress=True)
    writer.add_object(generic.DictionaryObject({pdf_name("/Packed"): generic.BooleanObject(True)}), obj_stream=stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted(document: bytes) -> bytes:
    """Return the document encrypted with an empty password for readers."""
    writer: PdfFileWriter = copy_into_new_writer(IncrementalPdfFileWriter(io.BytesIO(document)).prev)
    writer.encrypt("owner", "")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def documents(signing: Signing) -> dict[str, bytes]:
    """Return the seeds for the reader by name."""
    empty = form()
    once = signing.sign(empty, "first")
    certified = signing.sign(empty, "first", certifies=MDPPerm.FILL_FORMS)
    timestamped = signing.sign(signing.sign(empty, "first", timestamped=True), "second", timestamped=True)
    locking = FieldMDPSpec(FieldMDPAction.INCLUDE, ["amount"])
    return {
        "unsigned": empty,
        "once": once,
        "filled": updated(once, value="2"),
        "certified": updated(certified, value="3"),
        "locked": signing.sign(empty, "third", lock=locking),
        "archived": signing.archived(timestamped),
        "packed": updated(signing.sign(packed(empty), "first"), value="4"),
        "encrypted": signing.sign(encrypted(empty), "first", encrypted=True),
        "adobe": signing.sign(empty, "first", sub_filter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED),
    }


def messages(made: dict[str, bytes]) -> dict[str, bytes]:
    """Return the seeds for what lies in signatures: the CMS of signatures and timestamps."""
    found = {}
    for name in ("once", "archived", "adobe"):
        for field in signature_fields(PdfFile(io.BytesIO(made[name]), Limits())):
            found[f"{name}-{field.name[:6]}"] = field.contents.rstrip(b"\0")
    return found


def answers(signing: Signing) -> dict[str, bytes]:
    """Return the seeds for what tells of revocation."""
    data = signing.validation_data()
    return {
        "ocsp": data.ocsp_responses[0],
        "ocsp-revoked": ocsp_answer(signing.signer, signing.root, signing.root, revoked_at=NOW - timedelta(days=2)),
        "crl": data.crls[0],
    }


def main() -> None:
    """Write the seeds and the root that is believed."""
    signing = Signing()
    made = documents(signing)
    SEEDS.mkdir(exist_ok=True)
    (SEEDS / "judged-at.txt").write_text(f"{AT.isoformat()}\n", "ascii")
    (SEEDS / "root.der").write_bytes(signing.root.der)
    for kind, files in (("reader", made), ("cms", messages(made)), ("revocation", answers(signing))):
        folder = SEEDS / kind
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    print(f"every file is judged as of {AT.isoformat()}")


if __name__ == "__main__":
    main()
