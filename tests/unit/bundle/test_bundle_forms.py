"""What stands in a bundle, form by form: the description, the manifest, names, handwriting as a table."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from esign.bundle.asic_manifest import encode_asic_manifest
from esign.bundle.description import encode_description, parse_description
from esign.bundle.handwriting_csv import handwriting_csv
from esign.bundle.layout import is_member_name, media_type
from esign.errors import EvidenceError
from esign.evidence.handwriting import Handwriting, Point, Stroke
from tests.unit.bundle.bundled import DIGEST, description


def test_a_description_is_read_back_as_it_was_written() -> None:
    assert parse_description(encode_description(description())) == description()


def test_renewals_are_told_of_where_there_are_some_and_left_out_where_there_are_none() -> None:
    told = encode_description(description(renewals=2))
    assert parse_description(told) == description(renewals=2)
    assert b"renewals" not in encode_description(description())
    for wrong in (b'"renewals":0', b'"renewals":100', b'"renewals":"2"'):
        with pytest.raises(EvidenceError, match="renewals"):
            parse_description(told.replace(b'"renewals":2', wrong))


def test_what_was_erased_is_read_back_as_nothing() -> None:
    erased = description(title=None, company=None, is_erased=True)
    assert json.loads(encode_description(erased))["evidence"] == "erased"
    assert parse_description(encode_description(erased)) == erased


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (b'"esign-bundle/1"', b'"esign-bundle/2"', "schema"),
        (b'"evidence":"kept"', b'"evidence":"gone"', "form"),
        (b'"pages":3', b'"pages":0', "range"),
        (b"2026-11-26T09:30:00.250000Z", b"2026-13-26T09:30:00.250000Z", "range"),
        (b"2026-11-26T09:30:00.250000Z", b"2026-11-26T09:30:00Z", "form"),
        (b"sha256:ab", b"sha256:AB", "form"),
        (b'"mode":"test"', b'"mode": "test"', "not-canonical"),
        (b'"mode":"test"', b'"mode":"test","more":1', "form"),
    ],
)
def test_a_description_in_another_form_is_refused(before: bytes, after: bytes, code: str) -> None:
    encoded = encode_description(description())
    assert before in encoded
    with pytest.raises(EvidenceError) as refused:
        parse_description(encoded.replace(before, after))
    assert refused.value.code == f"bundle-description-{code}"


def test_the_manifest_names_every_member_but_the_type_and_what_is_in_meta_inf() -> None:
    manifest = encode_asic_manifest(
        dict.fromkeys(("trail/events.jsonl", "mimetype", "README.html", "META-INF/signature.p7s"), DIGEST)
    )
    root = etree.fromstring(manifest)
    names = {"a": "http://uri.etsi.org/02918/v1.2.1#"}
    assert root.xpath("a:SigReference/@URI", namespaces=names) == ["META-INF/signature.p7s"]
    assert root.xpath("a:DataObjectReference/@URI", namespaces=names) == ["README.html", "trail/events.jsonl"]


def test_a_name_that_the_layout_does_not_know_gets_into_no_manifest() -> None:
    with pytest.raises(ValueError, match="no member"):
        encode_asic_manifest({'trail/"x".txt': DIGEST})


@pytest.mark.parametrize(
    "name",
    [
        "../envelope.json",
        "/envelope.json",
        "documents/doc_1/../sealed.pdf",
        "documents/doc_1/sealed.PDF",
        "Envelope.json",
        "envelope.json\n",
        "opened/rcp_1/handwriting.json",
        "pages/doc_1/abc.jpg",
        "META-INF/other.p7s",
        "trail/renewed/0.json",
        "trail/renewed/100.tst",
        "trail/renewed/01.json",
        "evidence/rcp_１/manifest.json",
    ],
)
def test_no_other_name_is_a_member(name: str) -> None:
    assert not is_member_name(name)


def test_every_ending_in_the_layout_has_a_media_type() -> None:
    names = ("check.html", "trail/proofs.json", f"pages/doc_1/{DIGEST}.jpg", "timestamps/0123456789abcdef.tst")
    assert all(map(is_member_name, names))
    assert [media_type(name) for name in names] == [
        "text/html",
        "application/json",
        "image/jpeg",
        "application/vnd.etsi.timestamp-token",
    ]


def test_handwriting_is_told_point_by_point_with_its_times() -> None:
    stroke = Stroke((Point(64.25, 30.5, 40_000, 0.3), Point(66.0, 31.0, 48_310, 1.0)), "pen")
    dot = Stroke((Point(1.0, 2.0, 50_000, 0.5),), "touch")
    table = handwriting_csv(Handwriting(640.0, 240.0, 2.0, (stroke, dot)))
    assert table.decode().split("\r\n") == [
        "stroke,point,pointer,x,y,t_us,pressure",
        "1,1,pen,64.25,30.5,40000,0.3",
        "1,2,pen,66.0,31.0,48310,1.0",
        "2,1,touch,1.0,2.0,50000,0.5",
        "",
    ]
