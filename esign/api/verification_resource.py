"""Verifications as a resource: a client hands a file in and is told our verifier's verdict on it. The file is not kept.

What the verdict says stays for a quarter of an hour at an address that the answer names, for this client alone: so its
other forms can be had without sending the file again.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from esign.api.call import Call, Reply
from esign.api.envelope_bodies import Text
from esign.api.errors import ApiError
from esign.api.json_body import Body
from esign.api.operations import JSON_BYTES_AT_MOST, Resource
from esign.api.scopes import Scope
from esign.api.verification_examples import ASKED, VERDICT
from esign.verifications.asked import BYTES_AT_MOST, PASSWORD_AT_MOST, Asked, plain_name
from esign.verifications.held import HeldVerdicts
from esign.verifications.judged import Judged
from esign.verifications.judging import Judges
from esign.verifications.reports import MEDIA_TYPES, written
from esign.verify import Conclusion, Severity
from esign.verify.acceptance.verdict import AcceptanceVerdict
from esign.verify.reports import CHINESE, ENGLISH

_Indication = Literal["TOTAL-PASSED", "TOTAL-FAILED", "INDETERMINATE"]


_REPORTS: Final = {
    "html": ("下载网页报告", "Get the report as a web page"),
    "pdf": ("下载 PDF 报告", "Get the report as PDF"),
    "xml": ("下载 XML 报告（ETSI TS 119 102-2）", "Get the report as XML (ETSI TS 119 102-2)"),
}


class VerificationBody(Body):
    """A file that is to be judged."""

    model_config = ConfigDict(val_json_bytes="base64")

    content: bytes = Field(
        min_length=1,
        json_schema_extra={"format": "byte", "contentEncoding": "base64"},
        description="Base64 of the PDF.",
    )
    name: Text = Field("document.pdf", max_length=200, description="What the report calls it.")
    password: str | None = Field(
        None,
        min_length=1,
        max_length=PASSWORD_AT_MOST,
        repr=False,
        description="Opens an encrypted file. It is used once and kept nowhere.",
    )


class VerifiedDocument(BaseModel):
    """The file, as it was judged."""

    name: str
    sha256: str = Field(description="64 hexadecimal digits.")
    bytes: int
    pages: int
    revisions: int


class VerifiedSignature(BaseModel):
    """The verdict on one signature, in the words of EN 319 102-1."""

    model_config = ConfigDict(extra="allow")

    field: str
    kind: Literal["signature", "document-timestamp"]
    revision: int
    integrity: Literal["intact", "broken", "unverifiable"]
    coverage: Literal["whole-file", "whole-revision", "invalid"]
    changes_after: Literal["none", "permitted", "forbidden", "unknown"]
    level: Literal["none", "B-B", "B-T", "B-LT", "B-LTA"]
    indication: _Indication
    sub_indication: str | None
    claimed_time: datetime | None
    best_signature_time: datetime | None
    signer: dict[str, str]
    algorithms: dict[str, str]
    evidence: dict[str, Any]


class VerificationFinding(BaseModel):
    """Something a person should know. Decide by `code`; texts may change."""

    code: str
    severity: Severity
    field: str | None = Field(description="The signature that it is about; null for the document.")
    message: str


class AcceptanceRequirement(BaseModel):
    """One requirement of the policy. Decide by `code` and `met`; texts may change."""

    code: str
    met: bool | None = Field(description="null: it cannot be known from what is at hand.")
    message: str
    reason: str = Field(description="Which of the code's sentences it is.")
    facts: dict[str, str] = Field(description="What the sentence was filled with.")


class VerifiedAcceptance(BaseModel):
    """The second verdict: whether the file is one of ours, by a policy of the insurer's."""

    policy: str
    version: int
    verdict: AcceptanceVerdict
    requirements: list[AcceptanceRequirement]


class VerificationView(BaseModel):
    """The verdict (esign-verification/1): what `esign verify --json` writes. Members may be added."""

    model_config = ConfigDict(extra="allow", serialize_by_alias=True)

    form: Literal["esign-verification/1"] = Field(alias="schema")
    document: VerifiedDocument
    conclusion: Conclusion
    signatures: list[VerifiedSignature]
    findings: list[VerificationFinding]
    acceptance: VerifiedAcceptance | None = Field(
        description="Whether exactly this file is one of ours and how it stands; no more than anybody may learn."
    )


def verification_resource(
    judges: Judges, held: HeldVerdicts, fonts: Path, bytes_at_most: int = BYTES_AT_MOST
) -> Resource:
    """Return the operations. `fonts` is the folder with the fonts of reports, `bytes_at_most` for a file as it is
    decoded."""
    verifications = Resource(
        "verifications",
        "核验",
        "Verifications",
        "Judge any signed PDF, whoever signed it. The file is not kept. TOTAL-PASSED says that every signature is "
        "valid and of a recognised authority, and that nothing was changed that may not be; whether the contract is "
        "ours, `acceptance` says.",
    )

    @verifications.operation(
        "POST",
        "/v1/verifications",
        access=Scope.VERIFICATIONS_WRITE,
        zh="核验一份文件",
        en="Judge a file",
        about="Answers when there is a verdict: a failed one too is a 200. A file that takes more time or memory than "
        "is allowed has the finding `limit-reached`. At most three files of a client wait at once. `Location` is where "
        "the verdict stays for fifteen minutes.",
        body=VerificationBody,
        bytes_at_most=bytes_at_most * 4 // 3 + JSON_BYTES_AT_MOST,
        answer=VerificationView,
        problems=("workers-busy",),
        example=ASKED,
        answer_example=VERDICT,
    )
    def judge(call: Call) -> Reply:
        body = call.body(VerificationBody)
        if len(body.content) > bytes_at_most:
            raise ApiError("body-too-large")
        client = call.client.client
        judged = judges.judge(Asked(body.content, plain_name(body.name), client, body.password))
        return _told(judged, {"Location": f"/v1/verifications/{held.keep(judged, client)}"})

    @verifications.operation(
        "GET",
        "/v1/verifications/<verification>",
        access=Scope.VERIFICATIONS_WRITE,
        zh="再看一次核验结果",
        en="See a verdict again",
        about="For fifteen minutes, with the same client's keys.",
        answer=VerificationView,
        problems=("no-verification",),
        answer_example=VERDICT,
    )
    def again(call: Call) -> Reply:
        return _told(_of_client(held, call))

    for form, (zh, en) in _REPORTS.items():
        _declare_report(verifications, held, fonts, form, zh, en)
    return verifications


def _declare_report(verifications: Resource, held: HeldVerdicts, fonts: Path, form: str, zh: str, en: str) -> None:
    def report(call: Call) -> Reply:
        language = CHINESE if call.language == "zh" else ENGLISH
        content = written(_of_client(held, call), form, language, fonts)
        return Reply(content, media_type=MEDIA_TYPES[form], headers={"Content-Disposition": "attachment"})

    report.__name__ = f"report_{form}"
    verifications.operation(
        "GET",
        f"/v1/verifications/<verification>/report.{form}",
        access=Scope.VERIFICATIONS_WRITE,
        zh=zh,
        en=en,
        about="In the language of `Accept-Language`, with pictures of what was changed.",
        answer=MEDIA_TYPES[form].partition(";")[0],
        problems=("no-verification",),
    )(report)


def _of_client(held: HeldVerdicts, call: Call) -> Judged:
    found = held.find(call.path["verification"], call.client.client)
    if found is None or found.judged is None:
        raise ApiError("no-verification")
    return found.judged


def _told(judged: Judged, headers: dict[str, str] | None = None) -> Reply:
    return Reply(json.dumps(judged.report, ensure_ascii=False).encode(), headers=headers or {})
