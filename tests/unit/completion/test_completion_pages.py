"""What a completion certificate says, as public tools read it: words, pictures, codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import PhotoPlacement, RecipientRole
from esign.completion import words
from esign.completion.content import CertificateContent, ReadPage
from esign.completion.gathering import Gatherer, Surroundings
from esign.completion.typesetting import certificate_pdf
from esign.infra.database import open_database
from esign.pades.typeface import Typeface
from esign.trail.checkpoint import verify_checkpoint
from esign.trail.compact_checkpoint import read_compact_checkpoint
from esign.trail.publishing import latest_checkpoint
from tests.databases import create_tables
from tests.service import ORGANISATION, YE, YU, settings, system_now
from tests.tools import run_tool
from tests.unit.completion.completed import VERIFY, CompletionDesk, codes_on, completion_desk, text_of
from tests.vectors.trail.stored import LOG_KEY

NAMES = (
    "于文山",
    "𬱖𠮷䶮",
    "阿卜杜热合曼·买买提伊力·阿卜杜",
    "M" * 64,
    "赵",
    "欧阳 Émilie Dupont",
    "叶小禾",
    "王 #1 *粗* $x$",
)


@dataclass(frozen=True)
class Certified:
    """A certified envelope, what its certificate says, and the certificate."""

    office: CompletionDesk
    envelope: Envelope
    content: CertificateContent
    pdf: bytes


@pytest.fixture(scope="module")
def certified(
    tmp_path_factory: pytest.TempPathFactory, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> Iterator[Certified]:
    folder = tmp_path_factory.mktemp("certified")
    database = open_database(f"sqlite:///{folder / 'esign.db'}")
    create_tables(database)
    office = completion_desk(database, folder, authority, typeface)
    envelope = office.complete(
        contract, settings=settings(external_id="policy-2026-000117", photo_placement=PhotoPlacement.VISIBLE)
    )
    pdf, service = office.certify(envelope), office.desk.service
    surroundings = Surroundings(ORGANISATION, notice="TEST", verify_address=VERIFY)
    with database.reading() as session:
        content = Gatherer(service.records, surroundings).gather(session, envelope)
    yield Certified(office, office.desk.envelope(envelope.id), content, pdf)
    database.close()


def test_it_says_who_signed_what_when_and_under_which_certificates(certified: Certified, tmp_path: Path) -> None:
    text, envelope = text_of(certified.pdf, tmp_path), certified.envelope
    (document,) = envelope.documents
    said = [
        *("签署完成证书", "Certificate of completion", ORGANISATION, envelope.id, "policy-2026-000117"),
        *("鸿福一生终身寿险合同", "合同.pdf", document.plan.original, document.plan.prepared, str(document.sealed)),
        *("PAdES B-LTA", "+08:00", "Test Issuing CA", "None: an embedded authority for testing"),
        *("个人信息处理同意", "signing.insurer.example/trail/1", "投保人 Applicant", "被保险人 Insured"),
        *("读完全部页面", "Signed by hand", "2 pages", "1 document, 2 pages, 2 signers"),
    ]
    for recipient, person in zip(envelope.signers, (YU, YE), strict=True):
        assert recipient.signature is not None
        said += [person.name, recipient.signature.certificate.upper(), recipient.manifests[-1]]
    assert [one for one in said if one not in text] == []


def test_no_phone_and_no_id_number_is_in_it(certified: Certified, tmp_path: Path) -> None:
    text = text_of(certified.pdf, tmp_path)
    assert [one for one in (YU.phone, YE.phone, YU.id_number, str(YU.id_number)[-4:]) if str(one) in text] == []


def test_stand_ins_are_said_plainly_in_both_languages(certified: Certified, tmp_path: Path) -> None:
    text = text_of(certified.pdf, tmp_path)
    said = (
        "Please note: stand-ins were used",
        "This certificate has no legal effect.",
        "an embedded authority for testing, not from a licensed certification authority",
        "the operator could make others",
        "No third party verified who the signers are.",
        "没有第三方核实签署人的身份。",
        "Photos were judged by their quality alone",
    )
    assert [one for one in said if one not in text] == []


def test_without_stand_ins_nothing_is_said_of_them_and_the_licence_is(
    certified: Certified, tmp_path: Path, typeface: Typeface
) -> None:
    signers = tuple(
        replace(one, identity=words.identity_words("three-factor", "vendor"), face=words.NO_PHOTO)
        for one in certified.content.signers
    )
    live = replace(certified.content, stand_ins=(), is_test=False, licence="ECP12345678901", signers=signers)
    text = text_of(certificate_pdf(live, typeface, made_at=system_now()), tmp_path)
    assert "stand-in" not in text and "测试" not in text.replace("仅供测试", "")
    assert "ECP12345678901" in text and "Verified at level three-factor by vendor." in text


def test_its_codes_lead_to_the_verification_of_the_document_and_to_the_signed_checkpoint(
    certified: Certified, tmp_path: Path
) -> None:
    line, address = codes_on(certified.pdf, tmp_path)
    assert address == f"{VERIFY}?sha256={certified.envelope.documents[0].sealed}"
    witnessed = read_compact_checkpoint(line)
    assert verify_checkpoint(witnessed, [LOG_KEY.public_key]).size > 0
    with certified.office.desk.service.ports.database.reading() as session:
        published = latest_checkpoint(session)
    assert published is not None and witnessed.encode() == published.signed.encode()


def test_photos_are_shown_only_where_the_document_shows_them(certified: Certified, tmp_path: Path) -> None:
    def photos(content: bytes) -> int:
        (tmp_path / "c.pdf").write_bytes(content)
        return run_tool("pdfimages", "-list", tmp_path / "c.pdf").stdout.count(b" jpeg ")

    service, envelope = certified.office.desk.service, certified.envelope
    gatherer = Gatherer(service.records, Surroundings(ORGANISATION))
    assert photos(certified.pdf) == 2
    for placement, said in (
        (PhotoPlacement.SEALED, "照片密封在文件里，这里不显示"),
        (PhotoPlacement.DIGEST_ONLY, "照片不在文件里，文件只有它的摘要"),
    ):
        hidden = replace(envelope, settings=replace(envelope.settings, photo_placement=placement))
        with service.ports.database.reading() as session:
            content = gatherer.gather(session, hidden)
        pdf = certificate_pdf(content, service.ports.typeface, made_at=system_now())
        assert photos(pdf) == 0
        assert said in text_of(pdf, tmp_path)


def test_eight_people_with_rare_and_long_names_over_two_long_documents_are_all_told(
    certified: Certified, tmp_path: Path, typeface: Typeface
) -> None:
    signer, document = certified.content.signers[0], certified.content.documents[0]
    roles = list(words.ROLES.values())
    signers = tuple(
        replace(
            signer,
            name=name,
            role=roles[number % 5],
            document=1 + number % 2,
            pages=tuple(ReadPage(page, 7.5) for page in range(1, 51)),
        )
        for number, name in enumerate(NAMES)
    )
    documents = (
        replace(document, pages=50),
        replace(document, number=2, pages=200, name=f"{'附件' * 40}👋{'D' * 120}.pdf"),
    )
    many = replace(
        certified.content,
        signers=signers,
        documents=documents,
        title="[引文](x) #let " + "岁安终身寿险" * 30,
        replaced=(words.replaced_words(RecipientRole.WITNESS, "2026-11-26 09:00:00 +08:00"),),
    )
    pdf = certificate_pdf(many, typeface, made_at=system_now())
    text = text_of(pdf, tmp_path).replace(" ", "")
    assert [name for name in NAMES if name.replace(" ", "") not in text] == []
    assert "‹U+1F44B›" in text and "#let" in text and "50:7.5" in text
    assert "8人签署" in text and "Thewitnesswasreplaced" in text
    assert text.count("页:秒") == len(NAMES)
    seen = run_tool("pdftotext", "-bbox", tmp_path / "read.pdf", "-").stdout.decode()
    widest = max(float(one.split('"')[0]) for one in seen.split('xMax="')[1:])
    assert widest <= 546  # nothing leaves the page's margin


def test_the_pages_are_tagged_pdf_a_in_one_language_and_marked_in_the_other(
    certified: Certified, tmp_path: Path
) -> None:
    pdf = certificate_pdf(certified.content, certified.office.desk.service.ports.typeface, made_at=system_now())
    (tmp_path / "a.pdf").write_bytes(pdf)
    told = run_tool("pdfinfo", tmp_path / "a.pdf").stdout.decode()
    assert "Tagged:          yes" in told and "JavaScript:      no" in told
    assert b"pdfaid:part>2<" in pdf and b"pdfaid:conformance>A<" in pdf
    fonts = run_tool("pdffonts", tmp_path / "a.pdf").stdout.decode().splitlines()[2:]
    assert fonts and all(" yes yes " in line for line in fonts)  # embedded, and a subset
