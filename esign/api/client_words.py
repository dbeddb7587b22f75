"""Codes that clients meet at their envelopes, documents, events and webhooks: status, and words in both languages.

Each is status, cause and cure in Chinese, cause and cure in English; `esign.api.own_words` has them with the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

Words: TypeAlias = tuple[int, str, str, str, str]

_DISPATCH: Final[Mapping[str, Words]] = {
    "external-id-taken": (
        409,
        "这个 external_id 已用于另一份内容不同的签署任务",
        "请使用已有的签署任务，或为新的任务使用新的值",
        "another envelope of yours has this external_id",
        "use the envelope that is there, or give the new one an id of its own",
    ),
    "document-unknown": (
        422,
        "签署人对应的文件不存在",
        "文件序号从 0 开始",
        "a recipient signs a document that is not there",
        "count documents from 0",
    ),
    "phone-of-staff": (
        422,
        "签署人的手机号属于公司内部人员",
        "请填写客户本人的手机号，任何人不得代客户签署",
        "a recipient has the phone number of somebody of the insurer's staff",
        "give the customer's own number, nobody signs for the customer",
    ),
    "approval-in-console": (
        409,
        "发出之后更正手机号或更换签署人，要有第二个人在管理台同意",
        "请业务员在管理台申请、主管同意，再把审批编号（apr_...）填入 approved_by",
        "after sending, a phone is corrected or a person replaced with the consent of a second person in the console",
        "have it asked for and agreed to there, and give the id of the approval (apr_...) as approved_by",
    ),
    "approval-not-usable": (
        409,
        "这份审批不是给这项变更的，或者尚未同意、已过期、已用过",
        "请核对审批编号和要变更的内容，必要时在管理台重新申请",
        "the approval is not for exactly this change, was not given, is over, or was used",
        "compare its id and what was asked for, or ask anew in the console",
    ),
    "salesperson-unknown": (
        422,
        "没有这位销售人员或这个机构，或者销售人员不在该机构，或其中之一已停用",
        "请使用 esign staff list 与 esign institutions list 列出的编号",
        "nobody of the insurer's staff has this id, they do not work in this institution, or one of the two is closed",
        "take the ids that esign staff list and esign institutions list show",
    ),
    "phone-of-agent": (
        422,
        "签署人的手机号与销售人员相同",
        "请填写客户本人的手机号，任何人不得代客户签署",
        "a recipient has the phone number of the agent",
        "give the customer's own number, nobody signs for the customer",
    ),
    "name-not-printable": (
        422,
        "姓名或标题中有字体不支持的字",
        "请核对文字，或由运维人员安装包含这些字的字体",
        "a name or the title has a character that the typeface lacks",
        "write it with other characters, or have a typeface installed that has them",
    ),
    "no-handwriting": (
        409,
        "还没有手写签名",
        "签署人书写之后再查看",
        "the recipient has not drawn a signature, or it was taken back",
        "look again once the recipient has drawn",
    ),
    "no-photo": (
        409,
        "还没有照片",
        "签署人拍照之后再查看",
        "there is no photo of the recipient",
        "look again once the recipient has taken it",
    ),
    "no-export": (
        404,
        "没有这次导出",
        "请核对编号；只能看到自己的导出",
        "there is no such export",
        "check its id; a client sees its own exports alone",
    ),
    "envelope-not-over": (
        409,
        "签署任务尚未结束",
        "请在任务完成、拒签、过期或撤回之后再导出",
        "an envelope is not over yet",
        "export it once it is completed, declined, expired or void",
    ),
    "nothing-to-export": (
        409,
        "没有符合条件、已经结束的签署任务",
        "请放宽条件",
        "no envelope that is over is meant by that",
        "ask for others",
    ),
    "export-too-large": (
        409,
        "一次最多导出 1000 个签署任务",
        "请按创建时间分几次导出",
        "an export has at most 1000 envelopes",
        "export them in parts, by time of creation",
    ),
    "exports-running": (
        429,
        "已有三次导出正在进行",
        "请等其中一次完成",
        "three exports are being made already",
        "wait until one of them is done",
    ),
    "export-not-ready": (
        409,
        "导出尚未完成",
        "请稍后查看进度",
        "the export is not made yet",
        "ask for its state until it is done",
    ),
    "export-expired": (
        410,
        "导出的文件已过保留时间",
        "请重新导出",
        "the export's file is not kept any more",
        "export anew",
    ),
    "export-empty": (
        409,
        "没有一个证据包能够导出",
        "请查看各任务的原因",
        "no bundle of the export could be made",
        "read why in its problems",
    ),
    "no-verification": (
        404,
        "没有这个核验结果，或者已过十五分钟",
        "请重新提交文件核验",
        "there is no such verdict, or its fifteen minutes are over",
        "hand the file in again",
    ),
    "not-certified-yet": (
        409,
        "签署完成证书尚未生成",
        "证书在任务完成后几秒内生成；由旧版本完成的任务没有证书",
        "there is no completion certificate, or not yet",
        "it is made some seconds after the completion; envelopes completed by an earlier version have none",
    ),
    "not-sealed-yet": (
        409,
        "文件尚未盖章",
        "请等待签署任务完成",
        "the document is not sealed yet",
        "wait until the envelope is completed",
    ),
    "test-mode-only": (
        403,
        "此接口仅限测试模式",
        "请使用测试服务和测试密钥",
        "this exists in test mode only",
        "use a service in test mode and a test key",
    ),
    "clock-move": (
        422,
        "时钟只能向前拨，总共不超过 3660 天",
        "请给出正的时长，或换一个测试客户端重新开始",
        "a clock moves forward only, and 3660 days at most",
        "give a positive duration, or start anew with another client",
    ),
}
_EVENTS: Final[Mapping[str, Words]] = {
    "no-event": (404, "没有找到这个事件", "请核对编号", "there is no such event", "check the event's id"),
    "event-not-covered": (
        409,
        "还没有检查点覆盖这个事件",
        "请稍后再取证明",
        "no checkpoint covers the event yet",
        "ask again after the next checkpoint",
    ),
    "no-checkpoint": (
        409,
        "还没有检查点",
        "请稍后再试",
        "there is no checkpoint yet",
        "ask again in a few minutes",
    ),
}
_WEBHOOKS: Final[Mapping[str, Words]] = {
    "webhook-endpoint-missing": (
        404,
        "没有找到这个回调地址",
        "请核对编号",
        "there is no such webhook endpoint",
        "check the endpoint's id",
    ),
    "webhook-delivery-missing": (
        404,
        "没有找到这次投递",
        "请核对编号",
        "there is no such delivery",
        "check the delivery's id",
    ),
    "webhook-ping-running": (
        409,
        "上一条测试消息还在发送",
        "请等它有结果后再试",
        "a test message of this client is still under way",
        "wait for its answer, ten seconds at most",
    ),
    "webhook-endpoint-disabled": (
        409,
        "回调地址已停用",
        "请先启用",
        "the endpoint is disabled",
        "enable it, then try again",
    ),
    "webhook-endpoints-at-most": (
        409,
        "回调地址已达上限 20 个",
        "请删除不用的地址",
        "a client has 20 webhook endpoints at most",
        "delete one that is not needed",
    ),
    "webhook-url": (
        422,
        "回调地址不可用",
        "请使用可从互联网访问的 https 地址，不带片段；内网地址须由运维人员列入许可",
        "the address of the endpoint cannot be used",
        "give an https address that is reached from the internet, or have the operator list host and port",
    ),
    "webhook-event-types": (
        422,
        "事件类型不正确",
        "请使用接口说明列出的类型，或单独使用 * 表示全部",
        "the event types are none, too many, or not ones that anybody is told of",
        "name types from the documentation, or * alone for all of them",
    ),
}

CLIENT_WORDS: Final[Mapping[str, Words]] = {**_DISPATCH, **_EVENTS, **_WEBHOOKS}
