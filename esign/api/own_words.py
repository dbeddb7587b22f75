"""The API's own error codes: status, and words in both languages (cause and cure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from esign.api.client_words import CLIENT_WORDS
from esign.api.retention_words import RETENTION_WORDS


@dataclass(frozen=True)
class CodeWords:
    """What a code means: HTTP status, and cause and cure without a full stop."""

    status: int
    zh_cause: str
    zh_cure: str
    cause: str
    cure: str

    @property
    def zh(self) -> str:
        return f"{self.zh_cause}。{self.zh_cure}。"

    @property
    def en(self) -> str:
        return " ".join(f"{words[0].upper()}{words[1:]}." for words in (self.cause, self.cure))


OWN_WORDS: Final[Mapping[str, CodeWords]] = {
    "bad-request": CodeWords(
        400,
        "请求不符合 HTTP 规范",
        "请检查请求行、请求头和正文长度",
        "the request is not well-formed HTTP",
        "check its line, headers and the length of its body",
    ),
    "json-malformed": CodeWords(
        400,
        "正文不是可接受的 JSON",
        "请用 UTF-8 编码；成员名不得重复，嵌套不超过 32 层，整数不超过 2^53-1，文字中不含空字符",
        "the body is not JSON that is accepted",
        "write UTF-8, each member once, at most 32 levels, integers within 2^53-1, no null characters in texts",
    ),
    "cursor-refused": CodeWords(
        400,
        "这个游标不是本列表给出的",
        "请原样使用 next_cursor，或不带游标从头开始",
        "this cursor is not one that this list gave",
        "use next_cursor as it came, or begin without one",
    ),
    "idempotency-key-form": CodeWords(
        400,
        "Idempotency-Key 的格式不正确",
        "请使用 1 至 255 个可见 ASCII 字符，例如一个 UUID",
        "the Idempotency-Key is not of its form",
        "use 1 to 255 visible ASCII characters, a UUID for instance",
    ),
    "credentials-missing": CodeWords(
        401,
        "请求没有带凭证",
        "请在 Authorization 头中写 Bearer 和密钥",
        "the request carries no credentials",
        "send the header Authorization: Bearer, followed by the key",
    ),
    "credentials-refused": CodeWords(
        401,
        "凭证不正确、已停用或已过期",
        "请核对密钥；需要时创建新的密钥",
        "the credentials are unknown, revoked or expired",
        "check the key, and make a new one if needed",
    ),
    "session-refused": CodeWords(
        401,
        "签署会话不正确",
        "请重新打开链接，用新的验证码继续",
        "this is not a session of a ceremony",
        "open the link again and go on with a fresh code",
    ),
    "session-unknown": CodeWords(
        401,
        "签署会话不正确",
        "请重新打开链接，用新的验证码继续",
        "this is not a session of a ceremony any more",
        "open the link again and go on with a fresh code",
    ),
    "session-over": CodeWords(
        401,
        "签署会话已超过两小时",
        "请用新的验证码继续，已完成的步骤都已保存",
        "the session has lasted its two hours",
        "go on with a fresh code, nothing that was done is lost",
    ),
    "handed-over": CodeWords(
        409,
        "正在业务员的平板上当面签署",
        "请在平板上继续，或者请业务员先收回平板",
        "the recipient is signing in person, on the salesperson's tablet",
        "go on there, or have the salesperson take the tablet back",
    ),
    "handover-over": CodeWords(
        401,
        "平板已经交还，或者已超过三十分钟",
        "请把平板交给业务员，由业务员重新交付；已完成的步骤都已保存",
        "the tablet was given back, or its half hour is over",
        "give it to the salesperson, who can hand it over again; nothing that was done is lost",
    ),
    "copy-over": CodeWords(
        401,
        "下载凭证不正确或已超过一小时",
        "请重新打开链接，用新的验证码下载",
        "this opens no copy, or not any more",
        "open the link again and download with a fresh code",
    ),
    "code-wrong": CodeWords(
        403,
        "验证码不正确",
        "请核对最新一条短信中的验证码",
        "the code is not the one that was sent",
        "read it again in the newest message",
    ),
    "details-differ": CodeWords(
        403,
        "姓名或证件号码后四位与合同不一致",
        "请按合同填写",
        "name or ID number differ from those on the contract",
        "write them as on the contract",
    ),
    "identity-refused": CodeWords(
        403,
        "未能确认身份",
        "请联系销售人员，已完成的步骤都已保存",
        "the identity could not be confirmed",
        "speak with the salesperson, nothing is lost",
    ),
    "scope-missing": CodeWords(
        403,
        "密钥没有这项权限",
        "请使用具有该权限的密钥，所需权限见接口说明",
        "the key lacks the scope of this operation",
        "use a key that has it, the description of the operation names it",
    ),
    "scope-beyond-own": CodeWords(
        403,
        "不能授予自己没有的权限",
        "请从已有权限中选择",
        "a key cannot grant a scope that it does not have",
        "choose among its own scopes",
    ),
    "mode-refused": CodeWords(
        403,
        "密钥的模式（测试或正式）与本服务不同",
        "请使用与本服务模式相同的密钥，或连接另一服务",
        "the key is of test mode and this service is live, or the other way round",
        "use a key of this service's mode, or the service of the key's mode",
    ),
    "no-route": CodeWords(
        404, "没有这个地址", "请核对路径，见接口说明", "there is nothing at this address", "check the path in the docs"
    ),
    "no-key": CodeWords(404, "没有找到这个密钥", "请核对编号", "there is no such key", "check the key's id"),
    "link-unknown": CodeWords(
        404,
        "链接无效或已更换",
        "请使用最新收到的链接，或联系发送人",
        "this link opens nothing, or not any more",
        "use the newest link, or ask whoever sent it",
    ),
    "method-not-allowed": CodeWords(
        405,
        "该地址不支持这种请求方法",
        "请使用 Allow 头列出的方法",
        "the address does not take this method",
        "use one that the Allow header lists",
    ),
    "request-running": CodeWords(
        409,
        "同一 Idempotency-Key 的请求仍在处理",
        "请稍后用同样的请求再试",
        "a request with this Idempotency-Key is still being worked on",
        "send the same request again in a moment",
    ),
    "stream-changed": CodeWords(
        409,
        "签署任务在此期间有了变化，本次请求未作任何更改",
        "请重新读取后再试",
        "the envelope has changed meanwhile, and this request changed nothing",
        "read it again, then try again",
    ),
    "record-erased": CodeWords(
        410,
        "这份资料已删除",
        "无法恢复",
        "the record was erased",
        "nothing can bring it back",
    ),
    "body-too-large": CodeWords(
        413,
        "正文过大",
        "请缩小后重试，上限见接口说明",
        "the body is too large",
        "send less, the limit is in the description of the operation",
    ),
    "media-type-unsupported": CodeWords(
        415,
        "不支持这种正文类型",
        "请用接口说明中的 Content-Type",
        "the body is of a type that is not accepted here",
        "send the Content-Type that the operation names",
    ),
    "request-invalid": CodeWords(
        422,
        "请求内容不符合要求",
        "请按 errors 中列出的位置修改",
        "the request is not as it must be",
        "mend the places that errors names",
    ),
    "idempotency-key-reused": CodeWords(
        422,
        "这个 Idempotency-Key 已用于另一个请求，或由另一个密钥使用过",
        "请为新的请求使用新的值，重试时使用原来的密钥",
        "this Idempotency-Key was used for another request, or with another key of the API",
        "give a new request a new one, and repeat a request with the key that it was sent with",
    ),
    "too-many-requests": CodeWords(
        429,
        "请求过于频繁",
        "请按 Retry-After 给出的秒数等待后再试",
        "too many requests came in a short time",
        "wait as many seconds as Retry-After says",
    ),
    "internal-error": CodeWords(
        500,
        "服务内部出错，已记录",
        "请稍后再试；如仍出现，请把 trace_id 告诉运维人员",
        "something went wrong on our side and was recorded",
        "try again later, and if it stays tell the operator the trace_id",
    ),
    "database-busy": CodeWords(
        503, "数据库繁忙", "请稍后再试", "the database was busy for too long", "try again in a moment"
    ),
    "database-unavailable": CodeWords(
        503, "数据库没有应答", "请稍后再试", "the database does not answer", "try again in a moment"
    ),
    "storage-unavailable": CodeWords(
        503, "文件存储没有应答", "请稍后再试", "the store of documents does not answer", "try again in a moment"
    ),
    "trust-service-unavailable": CodeWords(
        503,
        "证书或时间戳服务没有应答",
        "请稍后再试，已完成的步骤都已保存",
        "the certificate or timestamp service does not answer",
        "try again in a moment, nothing that was done is lost",
    ),
    "vendor-unavailable": CodeWords(
        503,
        "身份或人脸核验服务没有应答",
        "请稍后再试，已完成的步骤都已保存",
        "the service that checks identities or faces does not answer",
        "try again in a moment, nothing that was done is lost",
    ),
    "workers-busy": CodeWords(
        503,
        "文件检查排队过长",
        "请稍后再试",
        "too many files wait to be looked at",
        "try again in a moment",
    ),
    **{code: CodeWords(*words) for table in (CLIENT_WORDS, RETENTION_WORDS) for code, words in table.items()},
}
"""Every code that is the API's own."""
