"""The words of every finding, by its code: cause and cure in Chinese, cause and cure in English.

`{0}` and `{1}` stand for the limits or codes that the finding is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FINDING_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    # What was typed at the pages, before it is a proposal.
    "field-missing": ("还没有填写", "请填写这一项", "this is not filled in", "fill it in"),
    "choice-missing": ("还没有选择", "请选择一项", "nothing is chosen here", "choose one"),
    "day-malformed": (
        "日期不完整或不存在",
        "请按年、月、日填写，例如 1991-05-19",
        "the date is not whole, or there is none such",
        "enter year, month and day, such as 1991-05-19",
    ),
    "number-malformed": (
        "应填写数字",
        "请只填数字，例如 300000",
        "a number is wanted here",
        "enter digits alone, such as 300000",
    ),
    # The product and the quote.
    "product-unknown": (
        "没有这个产品或版本",
        "请从在售产品中选择",
        "there is no such product, or no such version of it",
        "choose one that is sold",
    ),
    "product-not-yet-sold": (
        "该产品版本自 {0} 起销售",
        "请选择在售版本",
        "this version is sold from {0} on",
        "choose the version that is sold today",
    ),
    "product-withdrawn": (
        "该产品版本已于 {0} 停售",
        "请选择在售版本",
        "this version was withdrawn on {0}",
        "choose the version that is sold today",
    ),
    "rates-ended": (
        "该产品的费率用到 {0} 为止",
        "请选择其他产品，或等新费率发布",
        "the rates of this product ended on {0}",
        "choose another product, or wait for the new rates",
    ),
    "application-in-future": (
        "投保日期在今天之后",
        "请填写今天的日期",
        "the day of application is still to come",
        "enter the day of today",
    ),
    "application-too-old": (
        "投保日期已超过 {0} 天",
        "请按今天的日期重新投保",
        "the day of application is more than {0} days ago",
        "apply anew with the day of today",
    ),
    "insured-too-young": (
        "被保险人未满 {0} 周岁",
        "请选择其他产品",
        "the insured is younger than {0}",
        "choose another product",
    ),
    "insured-newborn": (
        "被保险人出生未满 {0} 天",
        "请满 {0} 天后投保",
        "the insured was born less than {0} days ago",
        "apply when these days are over",
    ),
    "insured-too-old": (
        "被保险人年龄超过 {0} 周岁",
        "请选择其他产品",
        "the insured is older than {0}",
        "choose another product",
    ),
    "applicant-age": (
        "本产品的投保人应为 {0} 至 {1} 周岁",
        "请更换投保人，或选择其他产品",
        "the applicant of this product must be {0} to {1}",
        "have somebody else apply, or choose another product",
    ),
    "sum-out-of-limits": (
        "基本保险金额应为 {0} 至 {1} 元",
        "请调整保险金额",
        "the sum insured must be {0} to {1} yuan",
        "choose a sum within these limits",
    ),
    "sum-off-step": (
        "基本保险金额应按 {0} 元递增",
        "请调整保险金额",
        "the sum insured goes in steps of {0} yuan",
        "choose a sum of that step",
    ),
    "payment-term-unknown": (
        "本产品没有这种交费方式",
        "请选择本产品的交费期间",
        "this product cannot be paid for in that way",
        "choose one of its payment terms",
    ),
    "payment-term-too-long": (
        "按被保险人的年龄，交费期间过长",
        "请选择较短的交费期间",
        "the payment term is too long for the age of the insured",
        "choose a shorter one",
    ),
    # A person.
    "name-malformed": (
        "姓名应为 2 至 40 个文字，不含数字和符号",
        "请按证件填写姓名",
        "the name must be 2 to 40 letters or characters, without digits and signs",
        "enter the name as the identity card has it",
    ),
    "name-character-unprintable": (
        "姓名中有文件印不出来的字（{0}）",
        "请核对；确实是这个字的，请按证件机读区或者拼音填写",
        "no typeface of the documents has a character of the name ({0})",
        "check it; if it is right, enter the spelling of the card's machine-readable zone, or Pinyin",
    ),
    "id-number-malformed": (
        "公民身份号码不正确，校验码不符",
        "请按身份证核对 18 位号码",
        "the identity number is not right: its check character does not fit",
        "check all 18 characters against the card",
    ),
    "id-number-birthday": (
        "公民身份号码中的出生日期与所填的不符",
        "请核对号码和出生日期",
        "the identity number holds another date of birth",
        "check the number and the date of birth",
    ),
    "id-number-gender": (
        "公民身份号码与所填的性别不符",
        "请核对号码和性别",
        "the identity number is that of the other gender",
        "check the number and the gender",
    ),
    "id-expired": (
        "身份证件已过有效期",
        "请换发证件后投保",
        "the identity card has expired",
        "apply with a valid one",
    ),
    "born-after-application": (
        "出生日期晚于投保日期",
        "请核对出生日期",
        "the date of birth is after the day of application",
        "check the date of birth",
    ),
    "born-long-ago": (
        "按出生日期，年龄超过 {0} 周岁",
        "请核对出生日期",
        "by the date of birth this person is older than {0}",
        "check the date of birth",
    ),
    "phone-malformed": (
        "手机号码不正确",
        "请填写 11 位手机号码，境外号码以 + 开头",
        "the phone number is not right",
        "enter a mobile number of 11 digits, or one from abroad that begins with +",
    ),
    "phone-of-salesperson": (
        "客户的手机号码与销售人员的相同",
        "请填写客户本人的手机号码",
        "the phone is the salesperson's",
        "enter the customer's own phone",
    ),
    "address-malformed": (
        "地址应为 6 至 120 个字",
        "请填写完整地址",
        "the address must have 6 to 120 characters",
        "enter the whole address",
    ),
    "email-malformed": (
        "电子邮箱不正确",
        "请核对电子邮箱，没有可不填",
        "the e-mail address is not right",
        "check it, or leave it out",
    ),
    "occupation-unknown": (
        "职业不在职业分类表中",
        "请从表中选择职业",
        "the occupation is not in the table",
        "choose one from the table",
    ),
    "income-malformed": (
        "年收入应为零以上、精确到分的金额",
        "请填写年收入，没有收入填零",
        "the yearly income must be an amount from zero on, to the fen",
        "enter it, zero where there is none",
    ),
    "locale-unknown": (
        "没有这种语言",
        "请选择中文或英文",
        "there are no pages in that language",
        "choose zh-CN or en",
    ),
    # Who is what to whom.
    "self-but-different": (
        "投保人为本人，但与被保险人的资料不同",
        "请核对与被保险人的关系",
        "the applicant is said to be the insured, and their particulars differ",
        "check the relation, or enter the same particulars",
    ),
    "same-person": (
        "两人的公民身份号码相同",
        "请核对号码，为本人的请选择本人",
        "two people have the same identity number",
        "check the number, or say that they are one person",
    ),
    "relation-against-ages": (
        "两人的年龄与所填的关系不符",
        "请核对关系和出生日期",
        "their ages do not go with this relation",
        "check the relation and the dates of birth",
    ),
    "interest-missing": (
        "投保人对被保险人没有保险利益（保险法第三十一条）",
        "请核对关系，或选择扶养关系、劳动关系或被保险人同意",
        "the applicant has no insurable interest in the insured (Insurance Law, article 31)",
        "check the relation, or state support, employment or the insured's consent where it is so",
    ),
    "minor-cannot-consent": (
        "未成年人不能以本人同意使投保人具有保险利益",
        "请由父母投保",
        "a minor's consent makes no insurable interest",
        "have a parent apply",
    ),
    "minor-insured-by-other": (
        "以死亡为给付条件的保险，未成年人只能由父母投保（保险法第三十三条）",
        "请由父母投保",
        "cover for the death of a minor can be applied for by a parent alone (Insurance Law, article 33)",
        "have a parent apply",
    ),
    "guardian-missing": (
        "被保险人未满 18 周岁，没有填写监护人",
        "请填写监护人",
        "the insured is under 18, and there is no guardian",
        "enter the guardian",
    ),
    "guardian-not-needed": (
        "被保险人已成年，不需要监护人",
        "请删去监护人",
        "the insured is of age and needs no guardian",
        "leave the guardian out",
    ),
    "guardian-minor": (
        "监护人未满 18 周岁",
        "请填写成年的监护人",
        "the guardian is under 18",
        "enter a guardian who is of age",
    ),
    "guardian-relation": (
        "监护人与被保险人的关系不能这样填写",
        "请核对监护人是被保险人的什么人",
        "nobody is a guardian in that relation",
        "check what the guardian is to the insured",
    ),
    # Beneficiaries.
    "beneficiaries-not-in-product": (
        "本产品没有身故保险金，不指定受益人",
        "请删去受益人",
        "this product pays nothing on death, so nobody is named for it",
        "leave the beneficiaries out",
    ),
    "beneficiaries-too-many": (
        "受益人超过 {0} 名",
        "请减少受益人",
        "there are more than {0} beneficiaries",
        "name fewer",
    ),
    "beneficiary-duplicate": (
        "同一受益人填写了两次",
        "请删去重复的一项，或合并份额",
        "a beneficiary is there twice",
        "leave one out, or join the shares",
    ),
    "beneficiary-is-insured": (
        "身故保险金的受益人不能是被保险人本人",
        "请填写其他受益人",
        "the insured cannot be paid on their own death",
        "name somebody else",
    ),
    "beneficiary-of-employer": (
        "用人单位投保的，受益人只能是被保险人的近亲属（保险法第三十九条）",
        "请填写被保险人的近亲属",
        "where an employer applies, only close relatives of the insured can be paid (Insurance Law, article 39)",
        "name a close relative of the insured",
    ),
    "share-out-of-limits": (
        "受益份额应为 1 至 100 的整数",
        "请调整份额",
        "a share must be 1 to 100 percent",
        "correct the share",
    ),
    "shares-not-hundred": (
        "第 {0} 顺序受益人的份额合计为 {1}%，应为 100%",
        "请调整份额",
        "the shares in order {0} add up to {1} percent and not to 100",
        "correct the shares",
    ),
    "order-gap": (
        "受益顺序应从 1 开始，依次为 1、2、3",
        "请调整受益顺序",
        "the orders of beneficiaries do not follow one another from 1",
        "number them 1, 2, 3",
    ),
    # Service requests.
    "field-of-other-request": (
        "这一项与所选的申请无关",
        "请去掉这一项，或者另行申请",
        "this is not asked for in a request of this kind",
        "leave it out, or enter a request of its own for it",
    ),
    "nothing-changes": (
        "填写的与现在登记的相同",
        "请填写要变更的内容",
        "what is asked for is so already",
        "enter what is to change",
    ),
    # Payment.
    "bank-malformed": (
        "开户银行应为 2 至 60 个字",
        "请填写开户银行",
        "the bank's name must have 2 to 60 characters",
        "enter the bank",
    ),
    "account-malformed": (
        "银行账号应为 8 至 30 位数字",
        "请核对银行账号",
        "the account number must have 8 to 30 digits",
        "check the account number",
    ),
    "account-of-other": (
        "账户户名不是投保人",
        "请使用投保人本人的账户",
        "the account is not the applicant's",
        "use an account of the applicant's own",
    ),
    # Health.
    "measures-implausible": (
        "身高或体重不在合理范围内",
        "请填写厘米和公斤",
        "height or weight cannot be right",
        "enter centimetres and kilograms",
    ),
    "question-unanswered": (
        "健康告知第 {0} 项没有回答",
        "请由被保险人回答",
        "health question {0} is not answered",
        "have the insured answer it",
    ),
    "question-unknown": (
        "健康告知中有本产品没有的问题",
        "请按本产品的问题回答",
        "there is an answer to a question that this product does not ask",
        "answer the questions of this product",
    ),
    "answer-without-words": (
        "健康告知第 {0} 项回答“是”，没有说明",
        "请写明时间、诊断、治疗和现况",
        "health question {0} is answered yes and not explained",
        "say when, what it was, how it was treated and how it is now",
    ),
    "answer-too-long": (
        "健康告知第 {0} 项的说明超过 {1} 个字",
        "请写得更短",
        "the explanation of health question {0} is longer than {1} characters",
        "write less",
    ),
    "text-unprintable": (
        "有的字印不出来",
        "请核对；确实是这个字的，请与客户商定写法",
        "a character cannot be printed",
        "check the text, or agree on a spelling with the customer",
    ),
    "amount-malformed": (
        "金额应为零以上、精确到分",
        "请核对金额",
        "the amount must be from zero on, to the fen",
        "check the amount",
    ),
}
