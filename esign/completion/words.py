"""The words of the completion certificate, Chinese and English side by side: one document, one digest, for all readers.

What is a code elsewhere is said here in a sentence that the person concerned understands, weak things plainly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.ceremony.domain.values import PhotoPlacement, Presence, RecipientRole
from esign.completion.content import Both

ROLES: Final[Mapping[RecipientRole, Both]] = {
    RecipientRole.APPLICANT: Both("投保人", "Applicant"),
    RecipientRole.INSURED: Both("被保险人", "Insured"),
    RecipientRole.AGENT: Both("销售人员", "Agent"),
    RecipientRole.WITNESS: Both("见证人", "Witness"),
    RecipientRole.GUARDIAN: Both("监护人", "Guardian"),
    RecipientRole.COPY: Both("抄送", "Copy"),
}
PRESENCE: Final[Mapping[Presence, Both]] = {
    Presence.REMOTE: Both("在本人的设备上", "On the signer's own device"),
    Presence.IN_PERSON: Both("当面，在业务员的平板上", "In person, on the salesperson's tablet"),
}
STEPS: Final[Mapping[str, Both]] = {
    "recipient.sent": Both("发出邀请", "Invited"),
    "recipient.opened": Both("打开链接", "Opened the link"),
    "recipient.identified": Both("通过身份核验", "Identified"),
    "recipient.device-changed": Both("换一台设备，再次核验", "Identified again on another device"),
    "recipient.phone-corrected": Both("更正手机号，从头核验", "Phone number corrected, begun anew"),
    "recipient.read": Both("读完全部页面", "Read every page"),
    "recipient.drawn": Both("手写签名", "Signed by hand"),
    "recipient.photographed": Both("拍照", "Photo taken"),
    "recipient.face-not-given": Both("不拍照，由人协助", "No photo, with assistance"),
    "recipient.face-stated": Both("业务员陈述照片", "Salesperson's word on the photo"),
    "recipient.confirmed": Both("确认签署", "Confirmed"),
    "recipient.signing-failed": Both("签名没有生成，须再确认", "Signature not made, to be confirmed again"),
    "recipient.signed": Both("签名已生成", "Signed"),
}
"""What is told of a signer, by the type of the event: reading and consents have lists of their own."""
STAND_INS: Final[Mapping[str, Both]] = {
    "test-mode": Both(
        "测试模式：验证码是固定的，签署人可能是虚构的。本证书没有法律效力。",
        "Test mode: the code is always the same and the signers may be invented. This certificate has no legal effect.",
    ),
    "embedded-authority": Both(
        "证书由系统内置的测试证书机构签发，不是持许可证的电子认证服务机构，外界不予信任。",
        "Certificates come from an embedded authority for testing, not from a licensed certification authority; "
        "nobody outside believes them.",
    ),
    "embedded-timestamps": Both(
        "时间戳由系统内置的测试机构签发，运营方自己也能做出别的时间。",
        "Timestamps come from the embedded authority for testing: the operator could make others.",
    ),
    "identity-not-verified": Both("没有第三方核实签署人的身份。", "No third party verified who the signers are."),
    "face-quality-only": Both(
        "照片只检查了清晰度，没有做活体检测，也没有比对是谁。",
        "Photos were judged by their quality alone: not whether they show a living face, nor whose.",
    ),
}
NOT_VERIFIED: Final = Both(
    "答对了发到登记手机的验证码，所填信息与登记一致；没有第三方核实身份。",
    "Answered the code sent to the registered phone and gave the details on record; no third party verified the "
    "identity.",
)
_WITHOUT_FACE: Final[Mapping[str, Both]] = {
    "declined-photo": Both("本人不愿拍照", "declined a photo"),
    "camera-missing": Both("相机不能用", "no camera"),
    "cannot-look": Both("不便面对镜头", "could not face the camera"),
}
_FACES: Final[Mapping[PhotoPlacement, Both]] = {
    PhotoPlacement.VISIBLE: Both("照片在文件的签名旁，也在这里。", "The photo stands beside the signature, and here."),
    PhotoPlacement.SEALED: Both(
        "照片密封在文件里，这里不显示。", "The photo is sealed inside the document and not shown here."
    ),
    PhotoPlacement.DIGEST_ONLY: Both(
        "照片不在文件里，文件只有它的摘要；这里不显示。",
        "The photo is not in the document, which has its digest alone; it is not shown here.",
    ),
}
_CHECKED: Final[Mapping[str, Both]] = {"live": Both("是活体", "a living face")}
NO_PHOTO: Final = Both("没有要求拍照。", "No photo was asked for.")
IS_CUSTOMER: Final = Both(
    "业务员陈述：照片是客户本人。这是陈述，不是检测。",
    "The salesperson says that it shows the customer: a statement, not a check.",
)
LABELS: Final[Mapping[str, Both]] = {
    "certificate": Both("签署完成证书", "Certificate of completion"),
    "envelope": Both("签署编号", "Envelope"),
    "external": Both("业务编号", "Caller's number"),
    "organisation": Both("机构", "Organisation"),
    "completed": Both("完成时间", "Completed"),
    "counts": Both("内容", "Content"),
    "stand_ins": Both("请注意：以下环节是测试替代", "Please note: stand-ins were used"),
    "documents": Both("文件", "Documents"),
    "pages": Both("页数", "Pages"),
    "original": Both("送签原件", "As handed in"),
    "prepared": Both("供阅读的版本", "As it was read"),
    "sealed": Both("封存版本", "As sealed"),
    "sealed_at": Both("封存时间", "Sealed"),
    "level": Both("签名等级", "Level"),
    "seal": Both("印章证书", "Seal's certificate"),
    "signers": Both("签署人", "Signers"),
    "signed": Both("签名时间", "Signed"),
    "proven": Both("由时间戳证明", "proven by a timestamp"),
    "presence": Both("签署方式", "How"),
    "identity": Both("身份", "Identity"),
    "face": Both("照片", "Photo"),
    "own_certificate": Both("签名证书", "Certificate"),
    "authority": Both("证书机构", "Certification authority"),
    "issuer": Both("名称", "Name"),
    "licence": Both("许可证号", "CA licence"),
    "manifest": Both("证据清单", "Manifest of evidence"),
    "document": Both("所签文件", "Document"),
    "steps": Both("经过", "Steps"),
    "agreed": Both("逐项同意的内容", "Agreed to, each on its own"),
    "read": Both("阅读", "Reading"),
    "receivers": Both("抄送人", "Receives a copy"),
    "replaced": Both("更换", "Replaced"),
    "check": Both("核验", "Verify"),
    "trail": Both("账本检查点", "Checkpoint of the trail"),
    "log": Both("账本", "Log"),
    "size": Both("事件数", "Events"),
    "root": Both("根摘要", "Root"),
    "stamped": Both("时间戳", "Timestamped"),
    "handwriting_of": Both("手写签名", "Handwriting of"),
    "photo_of": Both("签署时的照片", "Photo of"),
}
CHECK: Final = Both(
    "扫码，交上封存的文件，就知道改没改过、谁签的。本证书的印章，用任何支持 PDF 签名的软件都能核对。",
    "Scan, and hand in the sealed file: the page tells whether it was changed, and who signed. Any software that knows "
    "PDF signatures checks this certificate's seal.",
)
TRAIL: Final = Both(
    "每一步都记入只能增加的账本。这个二维码是账本到此为止的签名检查点：留着本证书，您就是见证人，之前的记录谁也改不了而不被发现。",
    "Each step is entered in a log that can only grow. This code is its signed checkpoint up to here: whoever keeps "
    "this certificate is a witness, and nobody can change what was recorded before without being found out.",
)
NO_LICENCE: Final = Both("没有：测试用的内置机构", "None: an embedded authority for testing")
LICENCE_UNKNOWN: Final = Both("未提供", "Not told")


def identity_words(assurance: str, by: str) -> Both:
    """Return how well somebody is known, and by whose word; both are codes of the operator's."""
    if assurance == "not-verified":
        return NOT_VERIFIED
    return Both(f"核验级别 {assurance}，由 {by} 核验。", f"Verified at level {assurance} by {by}.")


def face_words(placement: PhotoPlacement, check: str | None, by: str | None) -> Both:
    """Return where a photo is, and what was found of it by whom (codes), where the trail tells."""
    where = _FACES[placement]
    if check is None:
        return where
    if check == "quality-only":
        found = STAND_INS["face-quality-only"]
        return Both(f"{where.zh}{found.zh}", f"{where.en} {found.en}")
    found = _CHECKED.get(check, Both(check, check))
    return Both(f"{where.zh}人脸检测：{found.zh}（{by}）。", f"{where.en} Face check: {found.en} (by {by}).")


def no_face_words(reason: str, assisted_by: str) -> Both:
    """Return why there is no photo, and who assisted (an id of the staff)."""
    why = _WITHOUT_FACE.get(reason, Both(reason, reason))
    return Both(
        f"没有照片：{why.zh}；由工作人员协助（{assisted_by}）。", f"No photo: {why.en}; assisted by {assisted_by}."
    )


def count_words(documents: int, pages: int, signers: int) -> Both:
    """Return how much it is about."""

    def some(number: int, one: str) -> str:
        return f"{number} {one}" if number == 1 else f"{number} {one}s"

    return Both(
        f"{documents} 份文件，共 {pages} 页，{signers} 人签署",
        f"{some(documents, 'document')}, {some(pages, 'page')}, {some(signers, 'signer')}",
    )


def replaced_words(role: RecipientRole, at: str) -> Both:
    """Return that somebody in this role was replaced by another person, at that time."""
    words = ROLES[role]
    return Both(f"{words.zh}换成了另一个人（{at}）。", f"The {words.en.lower()} was replaced by another person ({at}).")
