"""What the room refuses beside the domain: names that are taken, what is not there (yet)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from policy.errors import PolicyRefused

ROOM_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "proposal-name-taken": (
        "这个外部编号已用于另一份投保单",
        "请换一个编号，或者查看已有的投保单",
        "another proposal of this client has this external id",
        "use the proposal that is there, or give the new one an id of its own",
    ),
    "sold-by-another": (
        "投保单是另一位销售人员或另一家机构的",
        "请保留原来的销售人员和机构，或者撤回后重新录入",
        "the proposal is another salesperson's or institution's",
        "leave both as they are, or withdraw the proposal and enter another one",
    ),
    "identity-not-chosen": (
        "正式模式下还没有选定怎样核验签署人的身份",
        "请联系运营方，选定之前不能发出签署",
        "in live mode nobody has chosen yet how well those who sign must be known",
        "ask the operator to set identity.levels; until then nothing is sent to be signed",
    ),
    "no-contract": (
        "还没有承保，没有保险合同",
        "请等投保单的状态变为 issued",
        "there is no contract: the policy is not issued",
        "wait until the proposal's state is issued",
    ),
    "no-draft": (
        "没有这份草稿，或者它已经录入、删除",
        "请从投保单列表重新进入",
        "there is no such draft: it was entered, thrown away, or is somebody else's",
        "begin again at the list of proposals",
    ),
    "drafts-too-many": (
        "草稿太多",
        "请先录入或删除不用的草稿",
        "there are too many drafts",
        "enter those that are done, and throw the others away",
    ),
    "draft-long": (
        "填写的内容太长",
        "请把说明写短一些",
        "what was typed is too long for a draft",
        "write the explanations shorter",
    ),
    "words-missing": (
        "还没有写明理由",
        "请用自己的话写一两句",
        "there are no words",
        "write a sentence or two of your own",
    ),
    "words-many": (
        "写得太长",
        "请写在 2000 字以内",
        "there are too many words",
        "write no more than 2,000 characters",
    ),
    "no-checklist": (
        "没有这一版双录检查清单，或清单里没有所列的项目",
        "请按现行清单填写",
        "there is no such checklist, or it has no such item",
        "take the checklist in force and its items",
    ),
    "recording-differs": (
        "这份录音录像已经登记，内容不同",
        "请核对时长和清单",
        "this recording was added before with another length or checklist",
        "check length and checklist against what was added",
    ),
    "debit-changed": (
        "这笔扣款已有新的情况",
        "请看最新的页面",
        "something happened to this debit since the page was shown",
        "look at the page as it is now",
    ),
    "answer-missing": (
        "还没有选答案",
        "请选一个答案",
        "there is no such question, or none of its answers was chosen",
        "choose one of the answers",
    ),
    "visit-incomplete": (
        "还有问题没有回答",
        "请把每个问题都回答了再提交",
        "a question of the return visit has no answer yet",
        "answer every question first",
    ),
    "request-open": (
        "这份保单已有一份同类的申请还没有办结",
        "请先办完或撤回已有的申请",
        "a request of this kind about this policy is still open",
        "see that one through, or refuse it, and enter another one then",
    ),
    "request-name-taken": (
        "这个外部编号已用于另一份保全申请",
        "请换一个编号，或者查看已有的申请",
        "another service request of this client has this external id",
        "use the request that is there, or give the new one an id of its own",
    ),
    "request-over": (
        "申请已超过可以签署的期限",
        "请重新申请",
        "the days within which the request could be signed are over",
        "refuse it, and enter another one: day and amounts are those of then",
    ),
    "insured-unreachable": (
        "被保险人已成年，要由本人签署，但没有登记手机号",
        "请联系客户服务",
        "the insured came of age and has to sign, and there is no phone of theirs",
        "ask customer service",
    ),
    "no-signed-request": (
        "申请还没有签署完，没有可以下载的文件",
        "请等申请签署完成",
        "there is no signed request: not everybody has signed",
        "wait until its state is signed or done",
    ),
    "no-endorsement": (
        "没有批单",
        "变更办结之后才有批单，解除合同的申请没有批单",
        "there is no endorsement",
        "a change has one once it is done; a request that ends the policy has none",
    ),
    "no-product": (
        "没有这个产品版本",
        "请查看在售产品",
        "there is no such product version",
        "see the products that are sold",
    ),
}


def refused(code: str, about: Sequence[str] = ()) -> PolicyRefused:
    """Make the refusal `code`, which must have words here."""
    zh_cause, zh_cure, cause, cure = ROOM_WORDS[code]
    zh = f"{zh_cause}。{zh_cure}。"
    en = f"{cause[0].upper()}{cause[1:]}. {cure[0].upper()}{cure[1:]}."
    return PolicyRefused(code, zh, en, cause, cure, about)
