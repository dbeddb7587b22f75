"""What is filled into the contract: the parties, the sums and the dates, all invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from demo.contract.actuary import YearValues, annual_premium, year_values
from esign.errors import EsignError

YOUNGEST, OLDEST = 18, 65


@dataclass(frozen=True)
class Party:
    """A person as the policy schedule lists them; identity and account numbers are masked."""

    name: str
    gender: str
    born: date
    identity_number: str
    phone: str
    occupation: str
    address: str


@dataclass(frozen=True)
class Beneficiary:
    """A beneficiary on death: order, and share in per cent within that order."""

    name: str
    relation: str
    identity_number: str
    order: int
    share: int


@dataclass(frozen=True)
class ContractData:
    """One application and the policy it leads to. Amounts in yuan."""

    company: str
    product: str
    terms_code: str
    contract_number: str
    application_number: str
    applied_on: date
    applicant: Party
    insured: Party
    applicant_is: str
    insured_is: str
    beneficiaries: tuple[Beneficiary, ...]
    sum_insured: Decimal
    payment_years: int
    bank: str
    account: str

    def __post_init__(self) -> None:
        if not YOUNGEST <= self.insured_age <= OLDEST:
            raise EsignError(
                "demo-age",
                f"the insured would be {self.insured_age} on {self.applied_on.isoformat()}",
                f"choose an application date at which the insured is {YOUNGEST} to {OLDEST}",
            )
        for order in {b.order for b in self.beneficiaries}:
            if sum(b.share for b in self.beneficiaries if b.order == order) != 100:
                raise EsignError(
                    "demo-shares",
                    f"the shares of the beneficiaries in order {order} do not add up to 100",
                    "correct the shares",
                )

    @property
    def insured_age(self) -> int:
        """Age in full years on the day of application."""
        return age_on(self.insured.born, self.applied_on)

    @property
    def effective_on(self) -> date:
        """Cover starts at 00:00 of the day after the application."""
        return self.applied_on + timedelta(days=1)

    @property
    def premium(self) -> Decimal:
        """The yearly premium."""
        return annual_premium(age=self.insured_age, sum_insured=self.sum_insured, years=self.payment_years)

    @property
    def values(self) -> tuple[YearValues, ...]:
        """Cash values and benefits, one row per policy year."""
        return year_values(
            age=self.insured_age,
            sum_insured=self.sum_insured,
            years=self.payment_years,
            premium=self.premium,
        )


def age_on(born: date, day: date) -> int:
    """Full years from `born` to `day`."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def sample_contract(applied_on: date = date(2026, 11, 22)) -> ContractData:
    """The demo's story: a son insures his mother, and she agrees to the sum."""
    home = "栖川市望潮区槐荫路 18 号 3 幢 502 室"
    return ContractData(
        company="澄岳人寿保险股份有限公司",
        product="岁安终身寿险",
        terms_code="CY-2026-终寿-018",
        contract_number="CY330126112200",
        application_number="TB330126112247",
        applied_on=applied_on,
        applicant=Party("于文山", "男", date(1991, 5, 19), "9901061991****2217", "138****4026", "软件工程师", home),
        insured=Party("叶小禾", "女", date(1962, 3, 8), "9901061962****0484", "139****7730", "退休教师", home),
        applicant_is="儿子",
        insured_is="母亲",
        beneficiaries=(
            Beneficiary("于文山", "儿子", "9901061991****2217", 1, 50),
            Beneficiary("于文溪", "女儿", "9901061994****0661", 1, 50),
        ),
        sum_insured=Decimal(300_000),
        payment_years=10,
        bank="栖川银行望潮支行",
        account="6200 **** **** 5183",
    )
