"""`make demo`: a contract is signed as a file, with everything shown; then the service does it through its API."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PageFailed

from demo.browsing import browse, wanted
from demo.claiming import Claimed, block_copied_loss, pay_small_loss
from demo.contract.data import sample_contract
from demo.contract.places import PLACES
from demo.contract.render import render_contract
from demo.delivering import Delivered, Rate, compare_rates, sign_receipt
from demo.faces import draw_face
from demo.handwriting import recorded_handwriting
from demo.judges import ask_judges
from demo.player import Refused, Signer
from demo.selling import Sold, open_office, propose, take_contract
from demo.service import (
    Sealed,
    ServiceFailed,
    check_bundle,
    export_bundle,
    have_signed,
    log_key,
    platform_of,
    receiving,
    root_of,
    serving,
)
from demo.showing import show, with_bundle
from demo.tour import Judge, Step, Words, write_tour
from demo.walking import NoBrowser, walking
from esign.ceremony.signing_run import CHINA
from esign.errors import EsignError
from esign.pades.fields import AtAnchor
from policy.documents.values import Application

FOLDER = Path("build/demo")
ESIGN = Path(sys.executable).with_name("esign")
LEVEL = "B-LTA"
SCREENS = FOLDER / "screens"
BUNDLE = "bundle.asice"
LOG_KEY = FOLDER / "trail.key"
PHONES = {"applicant": "13800004026", "insured": "13900007730"}
SHOWN_SETTINGS = ("ESIGN_DATA", "ESIGN_KEYS_FOLDER", "ESIGN_HTTP_PORT", "ESIGN_PUBLIC_URL")


class DemoFailed(Exception):
    """A step of the demo did not do what it should; the message is what the person at the terminal reads."""


@dataclass
class Stopwatch:
    """Tells each step as it is done and keeps how long it took."""

    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, zh: str, en: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        milliseconds = (time.perf_counter() - start) * 1000
        self.steps.append(Step(Words(zh, en), milliseconds))
        print(f"  {en:58} {milliseconds / 1000:5.1f} s", flush=True)


def main() -> int:
    try:
        if wanted():
            _browse()
        else:
            print("Making, signing and judging an insurance contract:")
            _run(Stopwatch())
    except (DemoFailed, ServiceFailed, NoBrowser, PageFailed, Refused, TimeoutError, EsignError) as error:
        print(f"The demo stopped: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The demo stopped: the service does not answer any more ({error})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(watch: Stopwatch) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    data = sample_contract(datetime.now(CHINA).date())
    people = _names(data)
    contract, signed = FOLDER / "contract.pdf", FOLDER / "signed.pdf"
    passphrase = secrets.token_urlsafe(24)
    (FOLDER / "ca-passphrase").write_text(passphrase + "\n", "ascii")
    (FOLDER / "ca-passphrase").chmod(0o600)
    with watch.step("排版合同", "render the contract (typst, PDF/A-3a, tagged)"):
        contract.write_bytes(render_contract(data))
    with watch.step("取得手写签名与人像", "hand over recorded handwriting and drawn faces"):
        _write_captures(people)
    with watch.step("建立测试用认证机构", "create the embedded authority (esign ca init)"):
        _esign("ca", "init", "--organisation", data.product.company.zh)
    with watch.step("两人签名，保险人签章", "two people sign, the insurer seals, to B-LTA (esign sign)"):
        _esign(*_sign_arguments(contract, signed, people))
    with watch.step("本系统验证", "judge the result (esign verify)"):
        verdict = json.loads(_esign("verify", str(signed), "--json"))
    with watch.step("取出并打开证据", "extract and open the evidence (esign inspect)"):
        _esign(
            "inspect", str(signed), "--extract", str(FOLDER / "evidence"),
            "--custodian-key", str(FOLDER / "ca/keys/custodian.pem"),
            "--envelope-key", str(FOLDER / "signed.envelope-key.cms"),
        )  # fmt: skip
    with watch.step("请外部工具复核", "ask outside judges (openssl, pdfsig, qpdf)"):
        judges = ask_judges(signed, FOLDER / "ca/certificates/root.pem")
    with watch.step("绘制图片", "draw the pictures"):
        tour = show(FOLDER, data, people, verdict, judges, tuple(watch.steps))
    write_tour(FOLDER, tour)
    _close(verdict, judges, signed, watch)
    bundle = _serve(watch, data, people)
    write_tour(FOLDER, with_bundle(tour, bundle))


def _names(data: Application) -> dict[str, str]:
    return {"applicant": data.proposal.applicant.name, "insured": data.proposal.insured.name}


def _browse() -> None:
    """Serve one contract for people with phones, at this machine's own address."""
    data = sample_contract(datetime.now(CHINA).date())
    people = _names(data)
    FOLDER.mkdir(parents=True, exist_ok=True)
    _write_captures(people)
    browse(FOLDER / "browse", render_contract(data), _signers(people), company=data.product.company.zh)


def _signers(people: Mapping[str, str], data: Application | None = None) -> list[Signer]:
    """Return the two; with the application they are known by their ID numbers, too."""
    numbers = (
        {}
        if data is None
        else {
            "applicant": data.proposal.applicant.id_number,
            "insured": data.proposal.insured.id_number,
        }
    )
    return [
        Signer(
            role,
            name,
            PHONES[role],
            numbers.get(role),
            (FOLDER / f"{role}-handwriting.json").read_bytes(),
            (FOLDER / f"{role}-photo.jpg").read_bytes(),
        )
        for role, name in people.items()
    ]


def _serve(watch: Stopwatch, data: Application, people: Mapping[str, str]) -> Path:
    """Let the service sell the same: a sales platform enters the proposal by one call, two people sign on the pages of
    their phones, it is underwritten, the premium debited, the contract issued, its receipt signed; two motor claims
    come by phone; an operator exports the evidence bundle, which is returned."""
    print("\nThe same through the service, from the proposal to the signed receipt:")
    folder = FOLDER / "service"
    with ExitStack() as running:
        receiver = running.enter_context(receiving())
        with watch.step("启动服务", "start the service (esign serve)"):
            company = data.product.company.zh
            url, environment = running.enter_context(serving(folder, receiver, company=company))
        with watch.step("录入投保单并发出", "enter the proposal by one call, which sends it"):
            platform = platform_of(url, environment, receiver)
            office = open_office(environment, data)
            proposal = propose(platform, data, office)
            envelope = platform.envelope(proposal["envelope"])
        with watch.step("两人在各自手机上签署", "two people read and sign on their phones, sealed, webhooks"):
            play = walking(SCREENS, envelope["documents"][0]["pages"], seconds=data.product.reading_seconds)
            sealed = have_signed(folder, platform, receiver, envelope, _signers(people, data), play)
        with watch.step("核保、扣款、承保", "underwrite, debit (a simulated bank), issue the contract"):
            sold = take_contract(platform, proposal["id"], FOLDER / "issued.pdf")
        with watch.step("客户在手机上签收电子保单", "the customer signs the receipt by the link on their phone"):
            applicant = _signers(people, data)[0]
            policy, file = str(sold.proposal["policy"]), FOLDER / "receipt.pdf"
            received = sign_receipt(platform, policy, str(envelope["id"]), applicant, file, SCREENS / "receipt")
        with watch.step("送达率：页面与导出的存证记录", "the 15-day rate: at the page, and from the exported trail"):
            export, key = FOLDER / "trail.jsonl", log_key(environment)
            rate = compare_rates(url, environment, office["institution"], export, SCREENS / "figures", key)
        with watch.step("车险小额案件：拍照到到账", "a small motor loss on the phone, from photographs to the payment"):
            paid = pay_small_loss(platform, SCREENS / "claim")
        with watch.step("车险可疑案件：停下来等人", "a motor loss with copied photographs stops, and waits for people"):
            blocked = block_copied_loss(platform, SCREENS / "claim-blocked")
        with watch.step("导出证据包", "export the evidence bundle (esign bundle export)"):
            bundle = export_bundle(FOLDER / BUNDLE, environment, sealed.envelope["id"])
    root = root_of(folder)
    with watch.step("核验证据包", "check the bundle, without the service (esign bundle check)"):
        LOG_KEY.write_text(log_key(environment) + "\n", encoding="ascii")
        checked = check_bundle(bundle, environment, root)
    for made in (sealed.pdf, sealed.certificate, sold.contract, received.receipt):
        verdict = json.loads(_esign("verify", str(made), "--json", "--trust", str(root)))
        if verdict["conclusion"] != "TOTAL-PASSED":
            raise DemoFailed(f"{made.name} of the service is {verdict['conclusion']}")
    _tell(sealed, sold, verdict["conclusion"], f"{bundle}: {checked}", root, environment)
    _tell_delivery(received, rate)
    _tell_claims(paid, blocked)
    return bundle


def _tell(sealed: Sealed, sold: Sold, conclusion: str, bundle: str, root: Path, environment: Mapping[str, str]) -> None:
    settings = " ".join(f"{name}={environment[name]}" for name in SHOWN_SETTINGS)
    print(f"""
  policy       {sold.proposal["policy"]}, effective on {sold.proposal["effective_on"]}: {sold.contract}
  signed       {sealed.pdf}, what the two of them signed
  certificate  {sealed.certificate}, of completion, sealed
  screens      {SCREENS}, as each of the two met them on a phone
  verdict      {conclusion} of these and the receipt by our verifier; the envelope is {sealed.envelope["state"]}
  webhook      {sealed.webhook["type"]} of {sealed.webhook["data"]["envelope"]} ({sealed.webhooks} in all, each signed)
  proof        {sealed.proof}
               {sealed.proven} is in the log {sealed.checkpoint}, by the log's public key alone
  bundle       {bundle}; everything an auditor needs, in one file
  check it     {ESIGN} bundle check {FOLDER / BUNDLE} --trust {root} --log-key {LOG_KEY}
  API docs     run the service again with what it has, and open {environment["ESIGN_PUBLIC_URL"]}/v1/docs

    {settings} {ESIGN} serve
""")


def _tell_delivery(received: Delivered, rate: Rate) -> None:
    told = received.delivery
    signed = f"{told['received_on']} ({told['way']}), due by {told['due_on']}"
    print(f"""  receipt      {received.receipt}, signed on {signed}
  15-day rate  {rate.page} at the page ({SCREENS / "figures"}), {rate.trail} counted from {rate.export}:

    {ESIGN} delivery figures --trail {rate.export} --log-key {LOG_KEY}
""")


def _tell_claims(paid: Claimed, blocked: Claimed) -> None:
    told = paid.claim
    print(f"""  motor claim  {told["id"]}, {told["lane"]}: {told["paid"]} yuan paid by a simulated bank,
               {paid.seconds:.0f} s after the phone was taken out ({SCREENS / "claim"})
  blocked      {blocked.claim["id"]}: photographs of the claim before, years old; nothing is paid until people have
               looked ({SCREENS / "claim-blocked"})
""")


def _write_captures(people: Mapping[str, str]) -> None:
    for role, name in people.items():
        (FOLDER / f"{role}-handwriting.json").write_bytes(recorded_handwriting(name))
        (FOLDER / f"{role}-photo.jpg").write_bytes(draw_face(name))


def _sign_arguments(contract: Path, signed: Path, people: Mapping[str, str]) -> list[str]:
    arguments = ["sign", str(contract), "--out", str(signed), "--level", LEVEL, "--photo", "visible"]
    for role, name in people.items():
        evidence = f"handwriting={FOLDER}/{role}-handwriting.json,photo={FOLDER}/{role}-photo.jpg"
        arguments += ["--recipient", f"role={role},name={name},{evidence},{_place(PLACES[role])}"]
    return [*arguments, "--seal-at", _place(PLACES["seal"]), "--json"]


def _place(place: AtAnchor) -> str:
    return f"anchor={place.text},offset={place.right}/{place.up},size={place.width}/{place.height}"


def _esign(*arguments: str) -> str:
    """Run the `esign` command as a person would, with the demo's own authority."""
    environment = {**os.environ, "ESIGN_CA": str(FOLDER / "ca"), "ESIGN_CA_PASSPHRASE": _passphrase()}
    done = subprocess.run([str(ESIGN), *arguments], capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise DemoFailed(f"esign {arguments[0]} ended with status {done.returncode}: {said}")
    return done.stdout


def _passphrase() -> str:
    return (FOLDER / "ca-passphrase").read_text("ascii").strip()


def _close(verdict: Mapping[str, Any], judges: list[Judge], signed: Path, watch: Stopwatch) -> None:
    total = sum(step.milliseconds for step in watch.steps) / 1000
    print(f"\n{signed}: {verdict['conclusion']} by our verifier, in {total:.1f} s all told")
    for judge in judges:
        answer = {True: "agrees", False: "DISAGREES", None: "is not installed here"}[judge.agrees]
        print(f"  {judge.tool:8} {answer:22} {judge.question.en}")
    print(f"\nOpen {FOLDER}/index.html for the picture tour.")
    if any(judge.agrees is False for judge in judges):
        raise DemoFailed("an outside judge disagrees with our verdict")


if __name__ == "__main__":
    sys.exit(main())
