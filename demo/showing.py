"""Gathers what the demo made into the picture tour: pages, captures, what is inside the file, verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from demo.pictures import page_png
from demo.tour import (
    Capture,
    Download,
    EvidenceFile,
    Fact,
    Judge,
    Picture,
    SignatureInside,
    Step,
    Tour,
    Verdict,
    VerdictRow,
    Words,
)
from esign.ceremony.roles import ROLE_WORDS, SEAL_WORDS, Role
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.ink import render_png
from policy.documents.values import Application

PAGE_WIDTH, SIGNED_WIDTH = 520, 1100
LAST = -1
NOTICE = Words(
    "证书和时间戳由内置的测试机构签发，仅供测试，不具法律效力；人物、公司、产品和金额均为虚构。",
    "Certificates and timestamps come from the embedded authority, for testing only; people, company, product and "
    "amounts are invented.",
)
KINDS = {
    "manifest.json": Words("证据清单，证书与它绑定", "the manifest, to which the certificate is bound"),
    "handwriting.cms": Words("书写轨迹：位置、压力、时间", "the strokes: place, pressure, time"),
    "photo.jpg": Words("人像照片", "the face photo"),
}
OPEN, SEALED = Words("公开可读", "anybody"), Words("密封，仅保管人可开启", "sealed for the custodian")
INTACT, BROKEN = Words("完好", "intact"), Words("不完好", "broken")
PERMITTED = {
    "none": Words("没有", "none"),
    "permitted": Words("只有允许的", "only permitted ones"),
    "forbidden": Words("有不允许的", "forbidden ones"),
    "unknown": Words("不能确定", "unknown"),
}


def show(
    folder: Path,
    data: Application,
    people: Mapping[str, str],
    verdict: Mapping[str, Any],
    judges: Sequence[Judge],
    steps: tuple[Step, ...],
) -> Tour:
    """Return the tour of what lies in `folder`; `verdict` is an esign-verification/1 document."""
    contract, signed = folder / "contract.pdf", folder / "signed.pdf"
    signatures = [s for s in verdict["signatures"] if s["kind"] == "signature"]
    company = data.product.company.zh
    return Tour(
        contract=f"{data.product.name.zh} 投保文件",
        company=company,
        notice=NOTICE,
        contract_pages=tuple(_page(contract, number) for number in (1, 5, 10, 16)),
        captures=tuple(_capture(folder, role, name) for role, name in people.items()),
        page_before=_signing_page(contract, "before", Words("签署之前", "before signing")),
        page_after=_signing_page(signed, "after", Words("签署之后", "after signing")),
        signatures=tuple(_inside(folder, s, people, company) for s in signatures),
        archive=_archive(verdict),
        verdict=_verdict(verdict, people, company),
        judges=tuple(judges),
        steps=steps,
        downloads=_downloads(folder),
    )


def _page(pdf: Path, number: int) -> Picture:
    words = Words(f"第 {number} 页", f"page {number}")
    picture = page_png(pdf, number, PAGE_WIDTH)
    return Picture(f"page-{number}.png", picture, words, Words(f"合同{words.zh}", f"The contract, {words.en}"))


def _signing_page(pdf: Path, state: str, words: Words) -> Picture:
    described = Words(f"合同签名页，{words.zh}", f"The signing page, {words.en}")
    return Picture(f"signing-page-{state}.png", page_png(pdf, LAST, SIGNED_WIDTH), words, described)


def _capture(folder: Path, role: str, name: str) -> Capture:
    strokes = (folder / f"{role}-handwriting.json").read_bytes()
    handwriting = parse_handwriting(strokes)
    points = [point for stroke in handwriting.strokes for point in stroke.points]
    seconds = (points[-1].t - points[0].t) / 1_000_000
    words = Words(ROLE_WORDS[Role(role)].zh, ROLE_WORDS[Role(role)].en)
    return Capture(
        name=name,
        role=words,
        handwriting=Picture(
            f"{role}-handwriting.png",
            render_png(handwriting, width=720, height=300),
            Words("手写签名", "handwriting"),
            Words(f"{name}的手写签名", f"Handwriting of {name}"),
        ),
        face=Picture(
            f"{role}-photo.jpg",
            (folder / f"{role}-photo.jpg").read_bytes(),
            Words("人像（绘制，非真人）", "face (drawn, no real person)"),
            Words(f"{name}的画像", f"Drawn face of {name}"),
        ),
        facts=(
            Fact(Words("笔画", "Strokes"), str(len(handwriting.strokes))),
            Fact(Words("采样点", "Points"), str(len(points))),
            Fact(Words("书写用时", "Time of writing"), f"{seconds:.1f} s"),
        ),
    )


def _who(signature: Mapping[str, Any], people: Mapping[str, str], company: str) -> tuple[str, Words]:
    if signature["kind"] == "document-timestamp":
        return signature["field"], Words("文档时间戳", "document timestamp")
    if name := people.get(signature["field"]):
        words = ROLE_WORDS[Role(signature["field"])]
        return name, Words(words.zh, words.en)
    return company, Words(SEAL_WORDS.zh, SEAL_WORDS.en)


def _inside(folder: Path, signature: Mapping[str, Any], people: Mapping[str, str], company: str) -> SignatureInside:
    name, role = _who(signature, people, company)
    signer = signature["signer"]
    kept = folder / "evidence" / signature["field"]
    files = [path for path in sorted(kept.glob("*")) if path.name in KINDS] if kept.is_dir() else []
    return SignatureInside(
        signer=name,
        role=role,
        facts=(
            Fact(Words("证书序列号", "Certificate serial"), str(signer["serial"]), mono=True),
            Fact(Words("签发者", "Issued by"), str(signer["issuer"])),
            Fact(Words("证书有效期", "Certificate valid"), f"{signer['not_before']} – {signer['not_after']}"),
            Fact(Words("声称时间", "Claimed time"), str(signature["claimed_time"])),
            Fact(Words("时间戳证明的时间", "Time proven by timestamp"), str(signature["best_signature_time"])),
        ),
        files=tuple(
            EvidenceFile(path.name, KINDS[path.name], SEALED if path.suffix == ".cms" else OPEN, path.stat().st_size)
            for path in files
        ),
    )


def _archive(verdict: Mapping[str, Any]) -> tuple[Fact, ...]:
    stamps = [s for s in verdict["signatures"] if s["kind"] == "document-timestamp"]
    return (
        Fact(Words("文件修订数", "Revisions of the file"), str(verdict["document"]["revisions"])),
        Fact(Words("文档时间戳", "Document timestamp"), ", ".join(str(s["best_signature_time"]) for s in stamps)),
        Fact(Words("文件 SHA-256", "SHA-256 of the file"), verdict["document"]["sha256"], mono=True),
    )


def _verdict(verdict: Mapping[str, Any], people: Mapping[str, str], company: str) -> Verdict:
    good = verdict["conclusion"] == "TOTAL-PASSED"
    sentence = (
        Words(
            "每个签名都有效，由认可的机构证明，签署后没有改动。",
            "Every signature is valid and nothing was changed afterwards.",
        )
        if good
        else Words("这份文件不能依赖。", "This document cannot be relied on.")
    )
    rows = []
    for signature in verdict["signatures"]:
        signer, role = _who(signature, people, company)
        rows.append(
            VerdictRow(
                signer=signer,
                role=role,
                signature=INTACT if signature["integrity"] == "intact" else BROKEN,
                changes=PERMITTED[signature["changes_after"]],
                time=str(signature["best_signature_time"]),
                level=signature["level"],
                good=signature["indication"] == "TOTAL-PASSED",
            )
        )
    return Verdict(sentence, verdict["conclusion"], good, tuple(rows))


def with_bundle(tour: Tour, bundle: Path) -> Tour:
    """Return the tour with the service's evidence bundle among what can be taken along; it lies in the same folder."""
    words = Words("服务导出的证据包：审计人员所需的一切", "the service's evidence bundle: all that an auditor needs")
    return replace(tour, downloads=(*tour.downloads, Download(bundle.name, words, bundle.stat().st_size)))


def _downloads(folder: Path) -> tuple[Download, ...]:
    words = {
        "signed.pdf": Words("签好的合同", "the signed contract"),
        "contract.pdf": Words("签署前的合同", "the contract before signing"),
        "signed.envelope-key.cms": Words(
            "密封证据的钥匙，只有保管人能用", "the key of the sealed evidence, for the custodian"
        ),
    }
    return tuple(Download(name, what, (folder / name).stat().st_size) for name, what in words.items())
