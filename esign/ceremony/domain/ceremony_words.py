"""Refusals on a recipient's way through the ceremony: cause and cure in Chinese, cause and cure in English."""

from __future__ import annotations

from collections.abc import Mapping

CEREMONY_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    # where the recipient stands
    "not-your-turn": (
        "还没有轮到这位签署人",
        "轮到时会发送通知",
        "it is not this recipient's turn yet",
        "wait for the invitation",
    ),
    "open-first": (
        "签署链接尚未打开",
        "请先打开链接",
        "the recipient has not opened the link",
        "open the link first",
    ),
    "identify-first": (
        "尚未完成身份验证",
        "请先输入验证码完成身份验证",
        "the recipient has not been identified",
        "identify with a one-time code first",
    ),
    "read-first": (
        "文件尚未阅读完毕",
        "请先读完全部页面并逐项确认",
        "the recipient has not finished reading",
        "read every page and give every consent first",
    ),
    "draw-first": (
        "尚未手写签名",
        "请先完成手写签名",
        "the recipient has not drawn a signature",
        "draw the signature first",
    ),
    "confirm-first": (
        "尚未确认签署",
        "请先确认签署",
        "the recipient has not confirmed",
        "confirm first",
    ),
    "step-over": (
        "这一步已经完成，不能再改",
        "请继续下一步",
        "this step is done and cannot be taken again",
        "go on with the next step",
    ),
    "confirmed-already": (
        "已经确认签署，不能再更改或拒签",
        "请稍候，签名正在生成",
        "the recipient has confirmed, so nothing can be changed or declined",
        "wait for the signature, or let the salesperson void the envelope",
    ),
    "signed-already": (
        "已经签署完成",
        "无需再次操作",
        "the recipient has signed",
        "nothing is left to do",
    ),
    "confirm-again": (
        "签名未能生成，此前的步骤都已保存",
        "请再次确认签署；如不愿继续，请联系销售人员",
        "the signature was not made and everything before it is kept",
        "let the recipient confirm again, or let the salesperson void the envelope",
    ),
    "recipient-declined": (
        "这位签署人已拒签",
        "如需继续，请联系销售人员重新发起",
        "the recipient declined",
        "ask the salesperson for a new envelope",
    ),
    "recipient-expired": (
        "签署链接已过截止时间",
        "如需继续，请联系销售人员重新发起",
        "the recipient's time has passed",
        "ask the salesperson for a new envelope",
    ),
    "recipient-replaced": (
        "这位签署人已被更换",
        "如有疑问，请联系销售人员",
        "the recipient was replaced by another person",
        "use the new recipient's link",
    ),
    "copy-never-signs": (
        "抄送人只接收文件，不参与签署",
        "无需操作",
        "a copy recipient takes no step of the ceremony",
        "wait for the sealed document",
    ),
    # identification
    "too-many-codes": (
        "验证码发送次数过多",
        "请稍后再试，已完成的步骤都已保存",
        "too many codes were sent in a short time",
        "wait an hour and ask again, nothing is lost",
    ),
    "code-unknown": (
        "验证码已失效",
        "请重新获取验证码",
        "this code is not the one that is open",
        "ask for a fresh code",
    ),
    "code-expired": (
        "验证码已超过 5 分钟",
        "请重新获取验证码",
        "the code's five minutes have passed",
        "ask for a fresh code",
    ),
    "code-burned": (
        "验证码已使用或输错次数过多",
        "请重新获取验证码",
        "the code was used, or refused too often",
        "ask for a fresh code",
    ),
    "identity-not-enough": (
        "身份认证未达到要求的级别",
        "请使用要求的认证方式",
        "the identity assurance is not one that the envelope accepts",
        "identify by a means that the envelope accepts",
    ),
    "another-device": (
        "签署已在另一台设备上继续",
        "如要在本设备继续，请重新获取验证码",
        "the ceremony goes on at another device",
        "identify on this device with a fresh code",
    ),
    # reading, drawing, photo
    "consents-missing": (
        "还有未确认的条款",
        "请逐项阅读并确认",
        "a consent is missing",
        "give each consent on its own",
    ),
    "consent-unknown": (
        "确认的条款与任务设置不一致",
        "请重新打开页面，确认最新文本",
        "this text is not one that the recipient is asked to agree to",
        "show the text by the id, version and digest of the envelope",
    ),
    "consent-out-of-step": (
        "现在还不能确认这一项",
        "请按页面顺序操作",
        "this consent belongs to another step",
        "ask for it at its own step",
    ),
    "page-not-shown": (
        "这一页还没有显示过",
        "请先打开这一页，再记录阅读",
        "the picture of this page was not fetched yet",
        "fetch the page's picture, then record that it was read",
    ),
    "page-unknown": (
        "文件没有这一页",
        "请刷新页面后继续",
        "the document has no such page",
        "record a page of the recipient's document",
    ),
    "page-times": (
        "页面阅读时间不正确",
        "请刷新页面后继续阅读",
        "the times of the page view are impossible",
        "record times after identification, in order, and not in the future",
    ),
    "page-views-full": (
        "阅读记录已足够",
        "请继续下一步",
        "more page views were recorded than an envelope keeps",
        "finish reading, what was recorded is enough to go on",
    ),
    "pages-unread": (
        "还有未阅读的页面",
        "请读完全部页面",
        "pages have not been read",
        "show every page",
    ),
    "reading-too-short": (
        "阅读时间不足",
        "请再仔细阅读一会儿",
        "the minimum reading time has not passed",
        "let the recipient read on",
    ),
    "drawing-shortcomings": (
        "手写签名不够清楚",
        "请重新书写",
        "the handwriting has shortcomings",
        "draw the signature again",
    ),
    "too-many-captures": (
        "手写或拍照次数过多",
        "请使用最后一次的结果继续签署，或联系销售人员",
        "more handwritings or photos were taken than a recipient may take",
        "go on with the last one, or ask the salesperson",
    ),
    "photo-not-asked": (
        "这位签署人不需要拍照",
        "请直接确认签署",
        "no photo is asked of this recipient",
        "go on and confirm",
    ),
    "photo-shortcomings": (
        "照片不符合要求",
        "请重新拍摄",
        "the photo has shortcomings",
        "take the photo again",
    ),
    "photo-missing": (
        "尚未拍摄人脸照片",
        "请拍照，或请销售人员协助签署",
        "neither a photo was taken nor assisted signing recorded",
        "take the photo, or record who assisted and why",
    ),
    "photo-unknown": (
        "照片已更换",
        "请查看最新照片后再确认",
        "the statement is about a photo that is not the current one",
        "look at the current photo and say again",
    ),
    "manifest-elsewhere": (
        "这份证据清单属于另一位签署人",
        "请刷新页面后重新确认",
        "this manifest was confirmed by another recipient",
        "freeze a manifest of this recipient's own evidence",
    ),
}
