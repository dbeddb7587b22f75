"""What the room refuses beside the domain: names that are taken, what is not there, what does not fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from claims.errors import ClaimRefused

ROOM_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "claim-name-taken": (
        "这个外部编号已用于另一个报案",
        "请换一个编号，或查看已有的案件",
        "another claim of this client has this external id",
        "use the claim that is there, or give the new one an id of its own",
    ),
    "no-motor-policy": (
        "没有此车险保单",
        "请核对保单号，或先登记保单",
        "there is no such motor policy",
        "check the number, or register the policy first",
    ),
    "motor-policy-not-in-force": (
        "出险时保单不在保险期间",
        "请核对出险时间和保单号",
        "the policy was not in force when the loss happened",
        "check the number and when it happened",
    ),
    "motor-policy-number": (
        "保单号格式不正确",
        "请核对保单号，如 CX330126112700",
        "this is no number of a policy",
        "give it as two letters and digits, such as CX330126112700",
    ),
    "score-first": (
        "案件的风险评分尚未完成",
        "请稍候，系统会先评分再付款",
        "something became known of the claim that was not scored yet",
        "wait: the service scores it, and pays after that",
    ),
    "advance-made": (
        "此案已付过款",
        "请完成理算后支付余额",
        "something was paid of the claim already",
        "finish the settlement: what is still owed follows it",
    ),
    "above-assessment": (
        "车损超过已核定的金额",
        "请先补充定损，由他人核损",
        "the damage of the car is above what was assessed and verified",
        "open a supplement, and have it assessed and verified",
    ),
    "no-slot": (
        "没有这一种照片",
        "请按页面上列出的拍",
        "no photograph of this kind is asked for",
        "take one of those that the page names",
    ),
    "damage-none": (
        "还没有选坏了的地方",
        "请至少选一处",
        "nothing was chosen as damaged",
        "choose one part at least",
    ),
    "damage-much": (
        "坏的地方比较多",
        "请要求专人联系，由查勘员来看车",
        "so many parts are damaged that a surveyor should see the car",
        "ask for a person",
    ),
    "assessed-by-others": (
        "这个案件由理赔人员定损",
        "请等他们的消息",
        "the damage is assessed by our staff",
        "wait for their message",
    ),
    "no-offer-now": (
        "现在没有等您确认的赔付金额",
        "请回到案件页面看进度",
        "there is no offer to agree to now",
        "look at the page of the claim",
    ),
    "account-missing": (
        "还没有填收款账户",
        "请先填收款账户",
        "no account was named",
        "enter the account first",
    ),
    "claim-identity-not-chosen": (
        "还没有选定签署人的身份核验方式",
        "请先由运维选定，再请客户签名",
        "nobody chose how signers are identified",
        "choose identity.levels first",
    ),
    "claim-codes-many": (
        "验证码发得太多了",
        "请过一小时再试，或者要求专人联系",
        "too many codes were sent",
        "wait an hour, or ask for a person",
    ),
    "claim-code-wrong": (
        "验证码没有对上，或者已经过期",
        "请核对最新一条短信；几次都不对，请重新发送",
        "the code is wrong, or too old",
        "look at the newest message, or have another one sent",
    ),
    "plate-empty": (
        "还没有填车牌",
        "请照着照片填车牌号码",
        "no number plate was given",
        "read it from the picture",
    ),
    "plate-differs": (
        "填的车牌和保单上的不一样",
        "请看看照片和号码；确实是这辆车，请再交一次，由专人来看",
        "the plate is not that of the policy",
        "look at picture and number again; if it is this car, hand it in once more, and a person will look",
    ),
    "survey-by-others": (
        "这次查勘由理赔人员来做",
        "请等他们联系您",
        "the loss is surveyed by our staff",
        "wait until they call",
    ),
    "shots-missing": (
        "还有照片没有拍",
        "请把页面上列出的都拍好",
        "photographs are missing",
        "take all that the page names",
    ),
    "pictures-many": (
        "这个案件的照片已经很多了",
        "请直接联系理赔人员",
        "the claim has as many photographs as it may have",
        "talk to whoever handles it",
    ),
    "no-customer-phone": (
        "保单上没有可用的手机号",
        "请先在保单上登记被保险人的手机号",
        "nobody can be reached by the phone of the policy",
        "register the policy with the phone of whoever is insured",
    ),
    "no-receiver": (
        "没有选经办人，或这位不在您的机构",
        "请从列表里选一位",
        "nobody is chosen, or whoever it is does not handle claims of yours",
        "choose a handler of the list",
    ),
    "no-giving-reason": (
        "没有选改派的原因",
        "请选一项",
        "it is not said why the claim is given to somebody else",
        "choose a reason",
    ),
    "call-not-yours": (
        "此回电由他人在办",
        "请选别的回电",
        "somebody else makes this call",
        "take another one",
    ),
    "no-call-waits": ("客户没有在等回电", "请刷新页面", "the customer waits for no call", "look at the claim again"),
    "injury-not-small": (
        "此案不能在电话里了结伤情",
        "请按一般伤情办理",
        "this claim is not one whose injury is settled on the telephone",
        "handle the injury as usual",
    ),
    "injury-above-limit": (
        "伤情金额超过免材料的限额",
        "请按一般伤情办理，一次性告知所需材料",
        "the injury costs more than what is settled without papers",
        "handle the injury as usual, and ask for all papers at once",
    ),
    "no-injury-words": (
        "没有写明伤情",
        "请用自己的话写一句",
        "it is not said what the injury is",
        "say it in a sentence of your own",
    ),
    "place-unclear": (
        "没有选位置，或经纬度不对",
        "请从列表里选，或填写如 30.2741, 120.1551",
        "no place is chosen, or it is not on the map",
        "choose one of the list, or give it as 30.2741, 120.1551",
    ),
    "duty-too-long": ("在班时间太长", "请选短一些", "the duty is too long", "choose a shorter one"),
    "not-on-duty": ("您不在班", "请先选在班多久", "you are not on duty", "say how long you are on duty first"),
    "surveyor-not-free": (
        "这位查勘员现在不能去",
        "请看最新的名单，派别人",
        "this surveyor is not free now",
        "look at the list again, and send somebody else",
    ),
    "somebody-is-free": (
        "还有查勘员空闲",
        "请派名单上的第一位",
        "there is a surveyor who is free",
        "send the first of the list",
    ),
    "no-decline-reason": (
        "没有选不去的原因",
        "请选一项",
        "it is not said why you do not go",
        "choose a reason",
    ),
    "no-shop": ("没有此供应商", "请从列表里选", "there is no such shop", "choose one of the list"),
    "shop-unclear": (
        "名称或手机不对",
        "请填名称，和只有数字的手机",
        "the name or the phone is none",
        "give a name, and a phone in digits",
    ),
    "too-many-shops": ("选得太多", "请少选几家", "too many shops are chosen", "choose fewer"),
    "no-parts": (
        "定损里没有要换的配件",
        "请先定损",
        "the assessment has no part in it",
        "assess the loss first",
    ),
    "no-quote-row": ("没有此询价", "请打开最新的链接", "there is no such quote", "open the link in the newest message"),
    "quote-changed": (
        "供应商刚改了报价",
        "请看新的价格和天数再订",
        "the shop wants another price, or more days, by now",
        "look at its quote again, and order then",
    ),
    "no-cancel-reason": (
        "没有选取消的原因",
        "请选一项",
        "it is not said why the parts are cancelled",
        "choose a reason",
    ),
    "no-measure": (
        "没有写明怎么办",
        "请选一项，并用自己的话写一句",
        "it is not said what is done about the alarm",
        "choose a measure, and say it in a sentence of your own",
    ),
    "no-item": (
        "配件工时目录中没有此项",
        "请从目录中选择",
        "the catalogue of parts and labour has no such item",
        "take an item of the catalogue",
    ),
    "item-twice": (
        "同一项目列了两次",
        "请合并数量",
        "an item is there twice",
        "name it once, with its quantity",
    ),
    "quantity-wrong": (
        "数量不正确",
        "请填写 1 至 1000",
        "a quantity is out of bounds",
        "give one from 1 to 1,000",
    ),
    "no-cover": (
        "保单没有赔付此项损失的险种",
        "请核对保单的险种",
        "the policy has no cover that is needed here",
        "check the covers of the policy",
    ),
    "claim-not-allowed": (
        "您的角色不能办理此项",
        "请由有权限的同事办理",
        "your role does not do this",
        "ask a colleague whose role does",
    ),
    "claim-not-yours": (
        "此案不是您在办理",
        "请先领取案件，或由主管改派给您",
        "you do not handle this claim",
        "take it first, or ask the team lead to hand it over to you",
    ),
    "survey-changed": (
        "查勘任务在您填写期间已变更",
        "请刷新案件，看现在由谁查勘",
        "the survey changed while the form was filled in",
        "look at the claim again: somebody else may survey it now",
    ),
    "no-notice": (
        "拒赔通知书还没有作出",
        "请稍候，作出后会出现在案件页面上",
        "the notice of the refusal is not made yet",
        "wait: it is on the page of the claim when it is made",
    ),
    "injury-whose": (
        "没有选谁受伤",
        "请选车上人员或对方人员",
        "it is not said who was hurt",
        "choose somebody in the insured's car, or anybody else",
    ),
    "no-entry": (
        "没有这笔银行流水，或者无需处理",
        "请刷新页面，看现在有哪些要处理",
        "there is no such entry of a statement that waits for somebody",
        "look at the list again",
    ),
    "entry-settled": (
        "这笔银行流水已有人处理",
        "请刷新页面，看是怎么处理的",
        "somebody said already what is done about this entry",
        "look at the list again",
    ),
    "not-one-event": (
        "这个案件与此案不是同一张保单、同一时间的报案",
        "请核对是否同一事故",
        "that claim does not report the same event: another policy, or another time",
        "compare the two, and join only what is one event",
    ),
    "no-phone": (
        "没有这部手机",
        "请刷新页面，看现在有哪些手机",
        "there is no such phone",
        "look at the list again",
    ),
    "form-unclear": (
        "表单中有一项没有填，或填得不对",
        "请按提示更正后再提交",
        "something in the form is missing, or not as it should be",
        "correct what is marked, and send it again",
    ),
    "salvage-above-loss": (
        "残值超过损失",
        "请核对残值",
        "the salvage is worth more than the loss",
        "check the salvage",
    ),
}


def refused(code: str, about: Sequence[str] = ()) -> ClaimRefused:
    """Make the refusal `code`, which must have words here."""
    zh_cause, zh_cure, cause, cure = ROOM_WORDS[code]
    zh = f"{zh_cause}。{zh_cure}。"
    en = f"{cause[0].upper()}{cause[1:]}. {cure[0].upper()}{cure[1:]}."
    return ClaimRefused(code, zh, en, cause, cure, about)
