"""What is said of each requirement, in Chinese and English: its name, and a sentence for each thing found.

In a sentence, a name in braces is filled from the facts of the verdict. Codes among the facts (roles, states,
stand-ins) are said in the reader's language too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

Language = Literal["zh", "en"]


MOMENT: Final = "%Y-%m-%d %H:%M UTC"
"""How a moment stands among the facts."""


class Words(NamedTuple):
    """One thing in both languages."""

    zh: str
    en: str


TITLES: Final[Mapping[str, Words]] = {
    "signatures-valid": Words("全部签名有效", "All signatures are valid"),
    "our-seal": Words("有本公司印章且完好", "Our seal is there and whole"),
    "roles-signed": Words("应签署的人都已签署", "Everybody who has to sign has signed"),
    "level-reached": Words("达到要求的签名级别", "The level is reached"),
    "manifest-matches": Words("证据与清单一致", "The evidence matches its manifest"),
    "handwriting-there": Words("有手写笔迹", "Handwriting is there"),
    "photo-there": Words("有人脸照片", "The face photo is there"),
    "consents-given": Words("已逐项同意", "The consents were given"),
    "identity-assured": Words("身份已核实", "Identity is assured"),
    "in-our-trail": Words("本公司记录中有此文件", "Our trail holds this file"),
    "trail-fixed": Words("记录已固定，不能事后添加", "The record is fixed"),
    "state-in-force": Words("是当前有效版本", "It is the version in force"),
    "evidence-openable": Words("保密证据未被清除", "Private evidence can still be opened"),
    "no-stand-ins": Words("未使用测试替代服务", "No stand-ins were used"),
}

SENTENCES: Final[Mapping[str, Mapping[str, Words]]] = {
    "signatures-valid": {
        "valid": Words(
            "全部签名有效，签发机构可信，签署后没有改动。",
            "Every signature is valid, from a recognised authority, and nothing was changed afterwards.",
        ),
        "undecided": Words(
            "还不能断定全部签名有效：缺少判断所需的信息。",
            "It cannot be decided whether every signature is valid: something needed to trust them is missing.",
        ),
        "unsigned": Words("文件没有签名。", "The document carries no signature."),
        "failed": Words(
            "有签名无效，或签署后文件被改动。",
            "A signature is broken, or the document was changed.",
        ),
    },
    "our-seal": {
        "whole": Words("本公司印章完好，盖章后无人再签署。", "Our seal is whole, and nobody signed after it."),
        "whole-by-trail": Words(
            "印章完好；本公司记录表明此文件由本公司盖章。",
            "The seal is whole, and our trail says that we sealed exactly this file.",
        ),
        "unsigned": Words("文件没有签名，也没有印章。", "The document carries no signature and no seal."),
        "missing": Words(
            "没有本公司的印章。名称相同的印章不算。",
            "Our seal is not there; a seal that only bears our name is not ours.",
        ),
        "not-named": Words(
            "没有提供本公司的印章证书，无法判断。",
            "It cannot be told which seal is ours: no certificate of it was named.",
        ),
        "broken": Words("印章无效。", "The seal is broken."),
        "changed": Words("盖章之后文件被改动。", "The document was changed after it was sealed."),
        "signed-after": Words("盖章之后又有人签署。", "Somebody signed after our seal, which closes a document."),
        "undecided": Words(
            "还不能断定印章有效：缺少判断所需的信息。",
            "It cannot be decided whether the seal is valid: something needed to trust it is missing.",
        ),
    },
    "roles-signed": {
        "signed": Words("以下角色均已签署：{roles}。", "All of these signed: {roles}."),
        "signed-as-planned": Words(
            "应签署的人均已签署：{roles}。", "Everybody whom the envelope names signed: {roles}."
        ),
        "missing": Words("缺少有效签名：{roles}。", "A valid signature is missing: {roles}."),
        "stranger": Words(
            "有不在签署任务中的签名：{fields}。", "Somebody signed whom the envelope does not name: {fields}."
        ),
        "undecided": Words(
            "还不能断定以下角色的签名有效：{roles}。",
            "It cannot be decided whether these signatures are valid: {roles}.",
        ),
        "plan-unknown": Words(
            "以下角色已签署：{roles}；是否还有应签署的人，没有本公司记录无法判断。",
            "These signed: {roles}; without our trail it is not known whether anybody else had to.",
        ),
    },
    "level-reached": {
        "reached": Words("全部签名达到 {level} 级。", "Every signature reached level {level}."),
        "short": Words("未达到 {level} 级：{fields}。", "Level {level} is not reached by: {fields}."),
        "unsigned": Words("文件没有签名。", "The document carries no signature."),
    },
    "manifest-matches": {
        "matches": Words(
            "每个签名的证据都与清单一致，清单由签名证书指明。",
            "Each signature's evidence matches its manifest, which the signer's certificate names.",
        ),
        "mismatch": Words(
            "证据缺失，或与清单、证书不一致：{fields}。",
            "Evidence is missing, or does not match its manifest or certificate: {fields}.",
        ),
        "nobody": Words("没有人签署。", "No person signed."),
    },
    "handwriting-there": {
        "there": Words("每位签署人都有手写笔迹。", "Everybody's handwriting was kept."),
        "missing": Words("缺少手写笔迹：{fields}。", "Handwriting is missing: {fields}."),
        "nobody": Words("没有人签署。", "No person signed."),
    },
    "photo-there": {
        "there": Words("要求拍照的签署人都有人脸照片。", "There is a face photo of everybody of whom one is asked."),
        "assisted": Words(
            "没有照片，由工作人员协助签署，记录在案：{fields}。",
            "No photo, but assisted signing with a name and reason in our trail: {fields}.",
        ),
        "assisted-unknown": Words(
            "没有人脸照片，是否由工作人员协助签署，无法得知：{fields}。",
            "There is no face photo, and it is not known whether somebody of the staff assisted: {fields}.",
        ),
        "missing": Words("缺少人脸照片：{fields}。", "The face photo is missing: {fields}."),
        "nobody": Words("没有人签署。", "No person signed."),
    },
    "consents-given": {
        "given": Words("每位签署人都已逐项同意。", "Everybody gave every consent that is asked."),
        "missing": Words("缺少同意事项：{fields}。", "A consent is missing: {fields}."),
        "nobody": Words("没有人签署。", "No person signed."),
    },
    "identity-assured": {
        "assured": Words("身份核实级别：{levels}。", "Identity is assured, by level: {levels}."),
        "wanting": Words(
            "身份核实级别不足（{levels}）：{fields}。", "Identity is not assured well enough ({levels}): {fields}."
        ),
        "differs": Words(
            "文件所述的身份核实级别与本公司记录不同：{fields}。",
            "The document says another identity assurance than our trail: {fields}.",
        ),
        "nobody": Words("没有人签署。", "No person signed."),
    },
    "in-our-trail": {
        "known": Words("本公司记录中有此文件（截至{as_of}）。", "Our trail holds exactly this file, as of {as_of}."),
        "unknown": Words(
            "本公司记录中没有此文件（截至{as_of}）。", "Our trail does not hold this file, as of {as_of}."
        ),
        "trail-older": Words(
            "所用的记录截至{as_of}，早于此文件，无法判断。",
            "The trail at hand ends at {as_of}, before this document was made.",
        ),
        "not-asked": Words("没有可查的本公司记录。", "Our trail was not at hand."),
    },
    "trail-fixed": {
        "fixed": Words(
            "记录已由签名的检查点固定。", "The record of it is under a signed checkpoint and was not added later."
        ),
        "not-covered": Words(
            "记录尚未由检查点固定，请稍后再查。", "No checkpoint covers the record of it yet; look again in a moment."
        ),
        "no-key": Words(
            "没有提供记录的公钥，无法验证。", "The proof cannot be verified: no key of the trail was named."
        ),
        "proof-wrong": Words("记录的证明不成立。", "The proof of the record does not hold."),
        "not-known": Words("没有可查的本公司记录。", "Nothing is known of this file that could be fixed."),
    },
    "state-in-force": {
        "in-force": Words(
            "签署任务状态：{state}；此文件是其当前版本（截至{as_of}）。",
            "The envelope is {state} and this is its sealed document, as of {as_of}.",
        ),
        "ended": Words("签署任务已终止：{state}。", "The envelope ended without becoming a contract: {state}."),
        "superseded": Words(
            "已有更新的版本，此文件不是最终版本。", "A later version took its place; this is not the last."
        ),
        "not-sealed": Words("此文件尚未盖章（{state}）。", "This document was not sealed yet ({state})."),
        "other-state": Words("签署任务状态：{state}。", "The envelope is {state}."),
        "not-known": Words("没有可查的状态。", "Nothing is known of its state."),
    },
    "evidence-openable": {
        "kept": Words("保密证据未被清除。", "The private evidence was not erased."),
        "erased": Words("保密证据已被清除；签名仍然有效。", "The private evidence was erased; signatures stay valid."),
        "not-known": Words("保密证据是否被清除，无法得知。", "It is not known whether private evidence was erased."),
    },
    "no-stand-ins": {
        "none": Words("没有使用测试替代服务。", "No stand-in took a third party's place."),
        "allowed": Words(
            "使用了策略允许的替代服务：{stand_ins}。", "Only stand-ins that the policy allows were used: {stand_ins}."
        ),
        "used": Words("使用了替代服务：{stand_ins}。", "Stand-ins took third parties' places: {stand_ins}."),
        "face-unknown": Words(
            "照片由谁检查，没有本公司记录无法得知。",
            "Without our trail it is not known who looked at the face photo.",
        ),
    },
}

VERDICTS: Final[Mapping[str, Words]] = {
    "ACCEPTED": Words("符合策略，予以接受。", "It meets the policy."),
    "NOT-ACCEPTED": Words("不符合策略，不予接受。", "It does not meet the policy: do not rely on it as ours."),
    "UNDECIDED": Words(
        "尚不能断定：没有发现不符之处，但有些信息无从得知。",
        "Undecided: nothing speaks against it, and something that the policy asks is not known.",
    ),
}

_ROLES: Final[Mapping[str, Words]] = {
    "applicant": Words("投保人", "applicant"),
    "insured": Words("被保险人", "insured"),
    "agent": Words("销售人员", "agent"),
    "witness": Words("见证人", "witness"),
    "guardian": Words("监护人", "guardian"),
}
_CODES: Final[Mapping[str, Mapping[str, Words]]] = {
    "roles": _ROLES,
    "fields": _ROLES,  # a field has its signer's role for a name, unless several share it
    "state": {
        "draft": Words("草稿", "a draft"),
        "in_progress": Words("签署中", "in progress"),
        "sealing": Words("盖章中", "being sealed"),
        "seal_failed": Words("盖章未成功", "waiting for its seal"),
        "completed": Words("已完成", "completed"),
        "declined": Words("已拒签", "declined"),
        "expired": Words("已过期", "expired"),
        "voided": Words("已撤销", "voided"),
        "open": Words("未完成", "not completed yet"),
        "ended": Words("已终止", "ended"),
    },
    "levels": {"not-verified": Words("未经核实", "not verified")},
    "stand_ins": {
        "embedded-authority": Words("内置测试证书机构", "certificates of the embedded authority"),
        "embedded-timestamps": Words("内置测试时间戳", "timestamps of the embedded authority"),
        "identity-not-verified": Words("身份未经第三方核实", "identity that no third party verified"),
        "face-quality-only": Words("照片只检查了清晰度", "a face photo judged by its quality alone"),
        "test-mode": Words("测试模式", "test mode"),
    },
}


def title(code: str, language: Language) -> str:
    """Return the name of a requirement. Raises `KeyError` for a code that no requirement has."""
    return _in(TITLES[code], language)


def verdict_sentence(verdict: str, language: Language) -> str:
    """Return what a verdict means, in one sentence. Raises `KeyError`."""
    return _in(VERDICTS[verdict], language)


def sentence(code: str, reason: str, facts: Mapping[str, str], language: Language) -> str:
    """Return the sentence for what was found of a requirement. Raises `KeyError` for a reason that it does not have."""
    said = {name: _said(name, value, language) for name, value in facts.items()}
    return _in(SENTENCES[code][reason], language).format_map(said)


def _said(name: str, value: str, language: Language) -> str:
    if name == "as_of" and language == "zh":
        return _in_beijing(value)
    codes = _CODES.get(name, {})
    parts = [_in(codes[part], language) if part in codes else part for part in value.split(", ")]
    return ("、" if language == "zh" else ", ").join(parts)


def _in_beijing(moment: str) -> str:
    """Return a time among the facts as Chinese readers know it; what is none (in a report that was kept) as it is."""
    try:
        at = datetime.strptime(moment, MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return moment
    return f"北京时间 {at + timedelta(hours=8):%Y-%m-%d %H:%M}"


def _in(words: Words, language: Language) -> str:
    return words.zh if language == "zh" else words.en
