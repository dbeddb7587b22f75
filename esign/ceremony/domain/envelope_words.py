"""Refusals about an envelope as a whole: cause and cure in Chinese, cause and cure in English."""

from __future__ import annotations

from collections.abc import Mapping

ENVELOPE_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    # the command itself
    "malformed-command": (
        "请求的格式不正确",
        "请按接口说明填写后重试",
        "the request is not written as it must be",
        "write it as the API description says",
    ),
    "no-envelope": (
        "没有找到这份签署任务",
        "请核对编号",
        "there is no such envelope",
        "check the envelope's id",
    ),
    "no-recipient": (
        "没有找到这位签署人",
        "请核对编号",
        "the envelope has no such recipient",
        "check the recipient's id",
    ),
    "no-document": (
        "签署任务中没有这份文件",
        "请核对编号",
        "the envelope has no such document",
        "check the document's id",
    ),
    # the plan
    "already-created": (
        "这个编号已用于另一份签署任务",
        "请使用新的编号",
        "an envelope with other content was created under this id",
        "create the new one under an id of its own",
    ),
    "plan-documents": (
        "文件清单不正确",
        "请提供至少一份、且编号不重复的文件，每份文件至少有一位签署人",
        "the list of documents is not acceptable",
        "name between 1 and 20 documents, each once, each signed by somebody",
    ),
    "plan-recipients": (
        "签署人清单不正确",
        "请提供至少一位签署人，编号不得重复",
        "the list of recipients is not acceptable",
        "name between 1 and 50 recipients, each once, at least one of them signing",
    ),
    "plan-fields": (
        "签名位置不正确",
        "请为每位签署人指定一份文件中的一个独立签名位置，抄送人不需要",
        "a recipient's field is missing, unknown or taken",
        "give every signing recipient one field of one document for itself, and a copy recipient none",
    ),
    "plan-settings": (
        "签署设置不正确",
        "请核对身份认证级别、同意书、阅读时间、人脸照片和暂缓盖章的设置",
        "the settings contradict themselves or pass a limit",
        "name at least one identity level, each consent once, 60 seconds of reading at most, no photo of a copy "
        "recipient, and each signal that holds the seal once",
    ),
    "plan-expiry": (
        "截止时间已过",
        "请设置一个将来的截止时间",
        "the expiry is not in the future",
        "set an expiry that is still to come",
    ),
    # where the envelope stands
    "envelope-draft": (
        "签署任务尚未发出",
        "请先发出再操作",
        "the envelope has not been sent",
        "send it first",
    ),
    "envelope-in-progress": (
        "签署任务正在进行",
        "请等所有签署人完成后再操作",
        "the envelope is still being signed",
        "wait until every recipient has signed",
    ),
    "envelope-sealing": (
        "所有人都已签署，正在加盖印章",
        "请稍候，完成后会通知您",
        "everybody has signed and the seal is being made",
        "wait for the sealed document, no step is left to do",
    ),
    "envelope-seal-failed": (
        "所有人都已签署，但印章未能加盖",
        "签署内容已保存，请等待运维人员重试",
        "everybody has signed but the seal could not be made",
        "let the operator retry the seal, nothing is lost",
    ),
    "envelope-completed": (
        "签署任务已完成",
        "可下载已签署的文件",
        "the envelope is completed",
        "download the sealed document",
    ),
    "envelope-declined": (
        "签署任务因有人拒签而结束",
        "如需继续，请联系销售人员重新发起",
        "the envelope ended because a recipient declined",
        "ask the salesperson for a new one",
    ),
    "envelope-expired": (
        "签署任务已过截止时间",
        "如需继续，请联系销售人员重新发起",
        "the envelope has expired",
        "ask the salesperson for a new one",
    ),
    "envelope-voided": (
        "签署任务已被撤销",
        "如需继续，请联系销售人员重新发起",
        "the envelope was voided",
        "ask the salesperson for a new one",
    ),
    "not-yet-expired": (
        "截止时间未到",
        "请在截止时间之后再操作",
        "the envelope's expiry has not come",
        "expire it after that time, or void it",
    ),
    "waiting-for-us": (
        "所有人都已确认，签名正在生成，不再受截止时间影响",
        "请稍候",
        "every person has done their part and only the service's work is left",
        "wait for the signatures, lateness of ours ends no envelope",
    ),
    # signing and sealing
    "other-manifest": (
        "签名对应的不是最后一次确认的内容",
        "请重新生成签名",
        "the signature was made for another manifest than the confirmed one",
        "sign for the manifest that was confirmed last",
    ),
    "revision-not-current": (
        "文件在此期间已有新的签名",
        "请在最新版本上重新签名",
        "the result was made on a revision that is not the current one",
        "make it again on the current revision",
    ),
    "signature-elsewhere": (
        "同一签名或证书已用于另一位签署人",
        "请重新生成签名",
        "this certificate, CMS or revision belongs to another signature already",
        "make a signature of its own for this recipient",
    ),
    "another-signature": (
        "该签署人已有一个有效签名",
        "请以已保存的签名为准",
        "another signature of this recipient was accepted already",
        "keep the accepted one and abandon this certificate",
    ),
    "certificate-abandoned": (
        "该证书已作废",
        "请使用新的证书签名",
        "the certificate was abandoned",
        "sign with a fresh certificate",
    ),
    "certificate-in-use": (
        "该证书属于有效签名，不能作废",
        "请保留该证书",
        "the certificate belongs to the accepted signature",
        "keep it",
    ),
    "nothing-to-abandon": (
        "该签署人尚未确认，没有可作废的证书",
        "请核对编号",
        "the recipient never confirmed, so no certificate was made",
        "check the recipient's id",
    ),
    "seal-attempt": (
        "盖章次序不正确",
        "请按当前次数继续",
        "this is not the attempt whose turn it is",
        "take the attempt that the envelope shows",
    ),
    "level-not-reached": (
        "文件未达到约定的签名级别",
        "请待时间戳等服务恢复后重试",
        "the document did not reach the level that was promised",
        "record the failure and retry the seal, a level is never lowered",
    ),
    "sealed-otherwise": (
        "这份文件已有另一份盖章结果",
        "请以已保存的文件为准",
        "another sealed form of this document was accepted already",
        "keep the accepted one",
    ),
    "certified-otherwise": (
        "这份签署任务已有完成证书",
        "请以已保存的证书为准",
        "another completion certificate of this envelope was recorded already",
        "keep the one that is recorded",
    ),
    # signals of signing for somebody else
    "no-signal": (
        "没有找到这条提示",
        "请核对编号",
        "the envelope has no such signal",
        "check the signal's id",
    ),
    "signal-unknown": (
        "没有这种提示",
        "请按接口说明填写",
        "there is no signal of this code",
        "name one that the API description lists",
    ),
    "signals-full": (
        "这份签署任务的提示已经够多",
        "请先查看已有的提示",
        "the envelope holds as many signals as it takes",
        "look into those that are there",
    ),
    "own-signal": (
        "这条提示与您有关，不能由您放行",
        "请另一位主管查看后放行",
        "nobody clears a signal that concerns themselves, or of an envelope of their own",
        "let another supervisor look into it",
    ),
    # changes
    "own-approval": (
        "不能由同一人申请并批准",
        "请另一位有权限的人员批准",
        "nobody approves their own request",
        "let a second person approve",
    ),
    "approval-missing": (
        "发出后的更改需要第二人批准",
        "请另一位有权限的人员批准",
        "a change after sending needs a second person's approval",
        "let a second person approve",
    ),
    "recipient-exists": (
        "该签署人编号已被使用",
        "请使用新的编号",
        "a recipient with this id exists already",
        "give the new person an id of their own",
    ),
    "reminders-used-up": (
        "提醒次数已用完",
        "请直接联系签署人",
        "every reminder of the envelope was sent",
        "speak to the recipient directly",
    ),
    "reminder-number": (
        "提醒次序不正确",
        "请刷新后重试",
        "this is not the reminder whose turn it is",
        "send the reminder that the envelope shows",
    ),
    "reminder-too-early": (
        "距上次通知时间太短",
        "请稍后再提醒",
        "the last message to the recipient is too recent",
        "remind later",
    ),
}
