"""What is said of a bundle's findings, in Chinese and English: one sentence for each code, kept as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from esign.bundle.checking.verdict import BundleFinding, Step
from esign.verify.report import Conclusion
from esign.verify.reports.harmless import harmless
from esign.verify.reports.language import CHINESE, Language

_DATA: Final = files("esign.bundle") / "data" / "findings.toml"
_AT_MOST: Final = 400

CONCLUSIONS: Final[Mapping[Conclusion, tuple[str, str]]] = {
    Conclusion.PASSED: (
        "证据包完整、未被改动，可以相信。",
        "The bundle is whole and unchanged, and may be believed.",
    ),
    Conclusion.FAILED: (
        "不要相信这份证据包：有内容缺失、多出、被改动或不成立。",
        "Do not rely on this bundle: something in it is missing, added, changed or does not hold.",
    ),
    Conclusion.INDETERMINATE: (
        "尚不能确定：内容可能完好，但缺少用以相信它的依据。",
        "It cannot be decided: the content may be intact, but something needed to believe it is missing.",
    ),
}
"""Chinese and English for each conclusion on a bundle."""
TEST_MODE: Final = (
    "这是测试模式下签署的：没有法律效力。",
    "It was signed in test mode: it has no legal effect.",
)

NO_ROOT: Final = (
    "没有可信的根证书：请向保险公司或颁发机构另行取得（不要从证据包中取），再用 --trust 指定。",
    "No root is believed: get the insurer's another way than with the bundle, and name it with --trust.",
)
TIME_OPEN: Final = ("时间尚未证明", "at a time not proven yet")

STEPS: Final[Mapping[Step, tuple[str, str]]] = {
    Step.CONTAINER: ("容器可以安全读取", "the container can be read safely"),
    Step.MEMBERS: ("成员齐全，与清单一致", "the members are all there, as the manifest says"),
    Step.SIGNATURE: ("清单由保险公司印章签名并有时间戳", "the manifest is signed by the seal and timestamped"),
    Step.TRAIL: ("事件完整，并证明在检查点之下", "the events are whole and proven under the checkpoint"),
    Step.DOCUMENTS: ("文件与日志一致，签名成立", "the documents are those recorded, and their signatures hold"),
    Step.EVIDENCE: ("证据、同意文本和页面图像一致", "evidence, consents and page pictures agree"),
    Step.FACTS: ("证据包的自述与日志一致", "what the bundle says of itself agrees with the trail"),
}
"""Chinese and English for what each step checks."""


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Return the sentences by code and language (`zh`, `en`)."""
    return tomllib.loads(_DATA.read_text("utf-8"))


def said(finding: BundleFinding, language: Language) -> str:
    """Return the sentence of a finding. What comes out of the bundle is made harmless, and cut where it is long."""
    sentence = sentences()[finding.code]["zh" if language == CHINESE else "en"]
    return sentence.format(**{name: harmless(value, _AT_MOST) for name, value in finding.facts.items()})


def chosen(pair: tuple[str, str], language: Language) -> str:
    """Return the Chinese or the English of a pair."""
    return pair[0] if language == CHINESE else pair[1]
