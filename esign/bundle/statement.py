"""`system/statement.zh-CN.html`: how the system keeps and exports data, said by the system itself, in Chinese.

It says what can be said of this version and its configuration, and what it cannot say.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from esign.bundle.facts import Description
from esign.look import TOKENS

CHINA: Final = timezone(timedelta(hours=8))
_STYLE: Final = files("esign.bundle") / "static" / "statement.css"


@dataclass(frozen=True)
class SystemFacts:
    """What the system is. `configuration` is the SHA-256 (hex) of its settings without secrets.

    `timestamps` is the address of an outside authority, None for the embedded one; `stand_ins` are codes of what takes
    the place of third parties; `operators` counts the accounts of staff by role. `is_custodian_apart`: whether the
    custodian's private key is not at the service.
    """

    organisation: str
    runtime: str
    database: str
    blobs: str
    configuration: str
    log: str
    timestamps: str | None
    stand_ins: tuple[str, ...]
    operators: Mapping[str, int]
    is_custodian_apart: bool


ROLES: Final[Mapping[str, str]] = {
    "sales": "销售人员",
    "supervisor": "主管",
    "compliance": "合规人员",
    "operations": "运营人员",
    "underwriter": "核保人员",
    "printer": "打印中心人员",
    "clerk": "网点内勤人员",
    "handler": "理赔人员",
    "surveyor": "查勘人员",
    "teamlead": "理赔组长",
    "claimsmanager": "理赔经理",
    "quotation": "报价人员",
    "auditor": "审计人员",
    "admin": "管理员",
}
STAND_INS: Final[Mapping[str, str]] = {
    "embedded-authority": "证书由系统内置的测试用证书机构签发，外部不予认可",
    "embedded-timestamps": "时间戳由系统内置的测试用时间戳机构签发，运营方有能力另行制作",
    "identity-not-verified": "签署人身份未经第三方机构核验",
    "face-quality-only": "人脸照片只检查了清晰程度，是否本人由销售人员说明",
    "outbox": "发给签署人的消息只显示在测试发件箱，没有实际发送",
}
_BLOBS: Final[Mapping[str, str]] = {"folder": "服务器上的文件夹", "bucket": "对象存储"}
_STATES: Final[Mapping[str, str]] = {
    "completed": "已完成",
    "declined": "签署人拒签",
    "expired": "已过期",
    "voided": "已撤回",
}


def statement_page(system: SystemFacts, about: Description) -> bytes:
    """Return the statement as one HTML file without script or address."""
    style = "\n".join(part.read_text("utf-8") for part in (TOKENS, _STYLE))
    rendered = (
        _environment()
        .get_template("statement.zh-CN.html")
        .render(
            system=system,
            about=about,
            blobs=_BLOBS.get(system.blobs, system.blobs),
            state=_STATES.get(about.state, about.state),
            exported_at=f"{about.exported.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}（UTC+08:00）",
            operators=[(ROLES.get(role, role), count) for role, count in sorted(system.operators.items())],
            stand_ins=[STAND_INS.get(code, code) for code in system.stand_ins],
            style=Markup(style),  # noqa: S704  # our own files
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        )
    )
    return rendered.encode("utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("esign.bundle"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
