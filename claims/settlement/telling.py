"""Each step of a settlement in a sentence, in both languages; and the whole as canonical JSON, which is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.settlement.settling import Accident, CoverTerms, Settled, Step
from claims.settlement.table import Cover
from claims.wording import Words
from esign.public.values import encode_canonical

COVERS: Final[Mapping[Cover, Words]] = {
    Cover.COMPULSORY: Words("交强险", "compulsory cover"),
    Cover.VEHICLE: Words("车损险", "cover of the own car"),
    Cover.THIRD_PARTY: Words("三者险", "third-party cover"),
    Cover.OCCUPANTS: Words("车上人员责任险", "occupants' cover"),
}
RULES: Final[Mapping[str, Words]] = {
    "third-death-limit": Words(
        "对方死亡伤残损失 {before} 元，限额 {number} 元，赔 {after} 元",
        "death and disability of others, {before} yuan, up to {number}: {after} yuan",
    ),
    "third-medical-limit": Words(
        "对方医疗费用 {before} 元，限额 {number} 元，赔 {after} 元",
        "medical costs of others, {before} yuan, up to {number}: {after} yuan",
    ),
    "third-property-limit": Words(
        "对方财产损失 {before} 元，限额 {number} 元，赔 {after} 元",
        "property of others, {before} yuan, up to {number}: {after} yuan",
    ),
    "third-death-limit-without-fault": Words(
        "对方死亡伤残损失 {before} 元，您无责，限额 {number} 元，赔 {after} 元",
        "death and disability of others, {before} yuan, without your fault up to {number}: {after} yuan",
    ),
    "third-medical-limit-without-fault": Words(
        "对方医疗费用 {before} 元，您无责，限额 {number} 元，赔 {after} 元",
        "medical costs of others, {before} yuan, without your fault up to {number}: {after} yuan",
    ),
    "third-property-limit-without-fault": Words(
        "对方财产损失 {before} 元，您无责，限额 {number} 元，赔 {after} 元",
        "property of others, {before} yuan, without your fault up to {number}: {after} yuan",
    ),
    "after-compulsory": Words(
        "对方损失 {before} 元，先由交强险赔 {number} 元，余 {after} 元",
        "losses of others, {before} yuan, of which compulsory cover pays {number} first: {after} yuan are left",
    ),
    "liability-share": Words(
        "按您的责任比例 {percent}%，{before} 元承担 {after} 元",
        "your share of the liability is {percent} %: {after} of {before} yuan",
    ),
    "salvage": Words(
        "损失 {before} 元，扣除残值 {number} 元，余 {after} 元",
        "of the loss of {before} yuan the wreck is worth {number}: {after} yuan are left",
    ),
    "other-cars-compulsory": Words(
        "对方车辆的交强险先赔 {number} 元，{before} 元余 {after} 元",
        "the other car's compulsory cover pays {number} first: of {before} yuan {after} are left",
    ),
    "paid-whole-by-subrogation": Words(
        "您选择代位求偿，先全额赔付 {after} 元，再由我们向对方追偿",
        "you let us claim it back: {after} yuan are paid whole, and we turn to the other side",
    ),
    "never-paid-share": Words(
        "按绝对免赔率 {percent}%，{before} 元赔 {after} 元",
        "{percent} % are never paid by the terms: {after} of {before} yuan",
    ),
    "deductible": Words(
        "扣除免赔额 {number} 元，{before} 元余 {after} 元",
        "a deductible of {number} yuan: of {before} yuan {after} are left",
    ),
    "sum-insured": Words(
        "以保险金额 {number} 元为限，{before} 元赔 {after} 元",
        "up to the sum insured of {number} yuan: {after} of {before} yuan",
    ),
}


def in_yuan(fen: int) -> str:
    """Return an amount in yuan, with a separator and two decimals."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def words_of(step: Step) -> Words:
    """Return a step as a sentence."""
    cover, rule = COVERS[step.cover], RULES[step.rule]
    values = {
        "before": in_yuan(step.before),
        "after": in_yuan(step.after),
        "number": in_yuan(step.number),
        "percent": step.number,
    }
    en = f"{cover.en[0].upper()}{cover.en[1:]}: {rule.en.format(**values)}."
    return Words(f"{cover.zh}：{rule.zh.format(**values)}。", en)


def trace_of(terms: Mapping[Cover, CoverTerms], accident: Accident, settled: Settled) -> bytes:
    """Return all that was settled, on what and how, as canonical JSON: the same bytes each time. No personal data."""
    return encode_canonical(
        {
            "table": settled.version,
            "terms": [
                {
                    "cover": one.cover.value,
                    "sum_insured": one.sum_insured,
                    "deductible": one.deductible,
                    "never_paid_percent": one.never_paid_percent,
                }
                for one in sorted(terms.values(), key=lambda one: one.cover.value)
            ],
            "accident": {
                "losses": {loss.value: fen for loss, fen in sorted(accident.losses.items())},
                "fault": accident.fault,
                "salvage": accident.salvage,
                "other_car": accident.other_car,
                "subrogates": accident.subrogates,
            },
            "steps": [
                {
                    "cover": one.cover.value,
                    "rule": one.rule,
                    "before": one.before,
                    "after": one.after,
                    "number": one.number,
                }
                for one in settled.steps
            ],
            "covers": {cover.value: fen for cover, fen in settled.covers},
            "fen": settled.fen,
            "recoverable": settled.recoverable,
            "uncovered": [loss.value for loss in settled.uncovered],
        }
    )
