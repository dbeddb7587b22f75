"""Signs a file of the given size to B-LTA as `esign sign` does, and prints the peak memory of this process."""

from __future__ import annotations

import json
import resource
import secrets
import sys
import tempfile
import time
from pathlib import Path

from bench.documents import write_large_document
from bench.ours import now
from ca.authority import create_authority, open_authority
from esign.ceremony.roles import Role
from esign.ceremony.signing_run import TEST_NOTICE, Order, Recipient, Seal, TrustServices, sign_contract
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.items import Placement
from esign.evidence.photo import read_photo
from esign.pades.fields import DefaultPlace
from esign.pades.level import Level
from tests.signers import face_jpeg, handwriting_json
from wsgi import find_typeface


def main() -> None:
    size = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "large.pdf"
        with source.open("wb") as stream:
            write_large_document(stream, size)
        create_authority(folder / "ca", passphrase=b"bench-passphrase", clock=now)
        authority = open_authority(folder / "ca", passphrase=b"bench-passphrase", clock=now)
        recipient = Recipient(
            Role.APPLICANT,
            "张伟",
            parse_handwriting(handwriting_json(1)),
            read_photo(face_jpeg(1)),
            DefaultPlace("投保人签名"),
        )
        order = Order(
            [recipient],
            Seal("示例保险", authority.seal, DefaultPlace("保险人签章")),
            Level.B_LTA,
            Placement.VISIBLE,
            find_typeface(),
            "env_bench",
        )
        services = TrustServices(
            authority.issuer,
            authority.timestamp_authority,
            authority.revocation,
            authority.trust_store(),
            authority.custodian_certificate,
            now,
            secrets.token_bytes,
            TEST_NOTICE,
        )
        start = time.perf_counter()
        sign_contract(source, folder / "signed.pdf", order, services, lambda _step: None)
        milliseconds = (time.perf_counter() - start) * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms": round(milliseconds, 1), "mb": round(peak, 1)}))


if __name__ == "__main__":
    main()
