// What can be proven with digests alone: members by the manifest, events by leaves and paths to the checkpoint's root,
// documents, evidence, consents and pages by the events. Every result is `{state, zh, en, names}`.

const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
const fromHex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const fromBase64 = (written) => Uint8Array.from(atob(written), (one) => one.charCodeAt(0));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.byteLength;
  }
  return whole;
}

const leafOf = (entry) => sha256(joined(Uint8Array.of(0), entry));
const nodeOf = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

// RFC 8785 for what an event holds: ASCII, whole numbers, members in the order of their names.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

function result(wrong, right, names, state = "fail") {
  return names.length > 0 ? { state, zh: wrong[0], en: wrong[1], names } : { state: "pass", zh: right[0], en: right[1], names: [] };
}

async function digestsOf(members) {
  const digests = new Map();
  for (const [name, bytes] of members) digests.set(name, hex(await sha256(bytes)));
  return digests;
}

const REFERENCE = /<asic:DataObjectReference URI="([A-Za-z0-9._/-]+)"[^>]*>\s*<ds:DigestMethod[^>]*xmlenc#sha256"\/>\s*<ds:DigestValue>([A-Za-z0-9+/=]{44})<\/ds:DigestValue>\s*<\/asic:DataObjectReference>/g;
const UNSIGNED = ["mimetype", "META-INF/ASiCManifest.xml", "META-INF/signature.p7s"];

function membersChecked(members, digests) {
  const manifest = members.get("META-INF/ASiCManifest.xml");
  if (!manifest) return { state: "fail", zh: "缺少清单", en: "The manifest is missing", names: ["META-INF/ASiCManifest.xml"] };
  const referenced = new Map([...text(manifest).matchAll(REFERENCE)].map((found) => [found[1], hex(fromBase64(found[2]))]));
  const wrong = [];
  for (const [name, digest] of referenced) {
    if (!digests.has(name)) wrong.push(`${name}（缺少 missing）`);
    else if (digests.get(name) !== digest) wrong.push(`${name}（被改动 changed）`);
  }
  for (const name of digests.keys()) {
    if (!referenced.has(name) && !UNSIGNED.includes(name)) wrong.push(`${name}（多出 added）`);
  }
  for (const name of UNSIGNED) if (!digests.has(name)) wrong.push(`${name}（缺少 missing）`);
  return result(
    ["有成员缺失、多出或被改动", "Members are missing, added or changed"],
    [`${referenced.size} 个成员的 SHA-256 都与清单一致`, `The SHA-256 of all ${referenced.size} members is that in the manifest`],
    wrong,
  );
}

// Return the events of `trail/events.jsonl` as `{position, event, leaf}`, and the lines that are none.
async function eventsOf(members) {
  const found = [];
  const wrong = [];
  const lines = text(members.get("trail/events.jsonl") ?? new Uint8Array()).split("\n");
  if (lines.pop() !== "") wrong.push("trail/events.jsonl");
  for (const [number, line] of lines.entries()) {
    try {
      const { event, leaf, position } = JSON.parse(line);
      if (canonical({ event, leaf, position }) !== line) throw new SyntaxError("not canonical");
      const computed = await leafOf(new TextEncoder().encode(canonical(event)));
      if (hex(computed) !== leaf) throw new SyntaxError("another leaf");
      found.push({ position, event, leaf: computed });
    } catch {
      wrong.push(`第 ${number + 1} 行 line ${number + 1}`);
    }
  }
  return { found, wrong };
}

// RFC 9162 section 2.1.3.2. Positions stay below 2^53, so halving is by division.
async function leadsTo(root, leaf, index, size, path) {
  let [fn, sn, r] = [index, size - 1, leaf];
  if (!(index >= 0 && index < size)) return false;
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = await nodeOf(sibling, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      r = await nodeOf(r, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && hex(r) === hex(root);
}

async function trailChecked(members) {
  const head = headOf(members);
  const { found, wrong } = await eventsOf(members);
  const proofs = JSON.parse(text(members.get("trail/proofs.json") ?? new TextEncoder().encode("{}")));
  const paths = new Map((proofs.proofs ?? []).map((one) => [one.position, one.hashes.map(fromHex)]));
  for (const one of found) {
    if (head === null || !(await leadsTo(head.root, one.leaf, one.position, head.size, paths.get(one.position) ?? []))) {
      wrong.push(`${one.event.id}（${one.event.type}）`);
    }
  }
  return [
    result(
      ["有事件被改动，或未能证明在检查点之下", "Events were changed, or are not proven under the checkpoint"],
      [`${found.length} 个事件都证明在检查点之下`, `All ${found.length} events are proven under the checkpoint`],
      found.length > 0 ? wrong : [...wrong, "trail/events.jsonl"],
    ),
    streamsChecked(members, found),
    await headChecked(members, head),
    found,
  ];
}

function streamsChecked(members, found) {
  const told = JSON.parse(text(members.get("envelope.json") ?? new TextEncoder().encode('{"streams":[]}'))).streams;
  const wrong = [];
  for (const { stream, events } of told) {
    const versions = found.filter((one) => one.event.stream === stream).map((one) => one.event.version);
    if (versions.length !== events || versions.some((version, place) => version !== place + 1)) wrong.push(stream);
  }
  if (told.length === 0) wrong.push("envelope.json");
  return result(["有事件缺失", "Events are missing"], ["事件编号连续，没有缺失", "The events are numbered without a gap"], wrong);
}

function headOf(members, name = "trail/checkpoint.txt") {
  const note = members.get(name);
  const lines = note ? text(note).split("\n") : [];
  const blank = lines.indexOf("");
  if (blank < 3 || !/^[0-9]+$/.test(lines[1])) return null;
  const [, signer, blob] = /^\u2014 (\S+) ([A-Za-z0-9+/=]+)$/.exec(lines[blank + 1] ?? "") ?? [];
  return {
    origin: lines[0],
    size: Number(lines[1]),
    root: fromBase64(lines[2]),
    signed: `${lines.slice(0, blank).join("\n")}\n`,
    name: signer,
    signature: blob ? fromBase64(blob).subarray(4) : null,
  };
}

async function headChecked(members, head) {
  const vkey = text(members.get("trail/log-key.txt") ?? new Uint8Array()).trim();
  const parts = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
  const names = [head ? `${head.origin} · ${head.size} · ${hex(head.root)}` : "trail/checkpoint.txt", vkey || "trail/log-key.txt"];
  const wrong = { state: "fail", zh: "检查点的签名不成立", en: "The signature of the checkpoint does not hold", names };
  if (head === null || !head.signature || !parts || parts[1] !== head.origin || head.name !== head.origin) return wrong;
  let key;
  try {
    key = await crypto.subtle.importKey("raw", fromBase64(parts[3]).subarray(1), { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return { state: "open", zh: "这个浏览器不能核对 Ed25519 签名，请按 README.html 第 6 步核对检查点", en: "This browser cannot verify Ed25519: check the checkpoint by step 6 of README.html", names };
  }
  const holds = await crypto.subtle.verify({ name: "Ed25519" }, key, head.signature, new TextEncoder().encode(head.signed));
  if (!holds) return wrong;
  return { state: "pass", zh: "检查点由日志密钥签名。请把下面的公钥和检查点与其他渠道的比对", en: "The checkpoint is signed by the log's key. Compare key and checkpoint with those from elsewhere", names };
}

// Compare documents, evidence, consents and pages with what the events say of them.
function recordedChecked(members, digests, events) {
  const about = JSON.parse(text(members.get("envelope.json")));
  const own = events.map((one) => one.event).filter((event) => event.stream === about.envelope);
  const wrong = [];
  const same = (name, digest) => {
    if (digests.get(name) !== digest) wrong.push(name);
  };
  const documentOf = new Map(about.recipients.map((one) => [one.id, one.document]));
  const manifests = new Map();
  const signed = new Map();
  const sealed = new Map();
  for (const { type, payload } of own) {
    if (type === "envelope.created") {
      for (const one of payload.documents) {
        same(`documents/${one.id}/original.pdf`, one.original);
        same(`documents/${one.id}/prepared.pdf`, one.prepared);
      }
    } else if (type === "document.sealed") {
      sealed.set(payload.document, payload.sealed);
      signed.delete(payload.document);
    } else if (type === "completion.certified" && about.evidence === "kept") {
      same("completion/certificate.pdf", payload.certificate);
    } else if (type === "document.renewed") {
      sealed.set(payload.document, payload.renewed);
    } else if (type === "recipient.signed") {
      signed.set(documentOf.get(payload.recipient), payload.revision);
    } else if (type === "recipient.confirmed") {
      manifests.set(payload.recipient, payload.manifest);
    } else if (type === "recipient.consented") {
      same(`consents/${payload.recipient}/${payload.consent}.${payload.text_version}.txt`, payload.digest);
    } else if (type === "recipient.page-read") {
      same(`pages/${documentOf.get(payload.recipient)}/${payload.image}.jpg`, payload.image);
    }
  }
  for (const [document, digest] of sealed) same(`documents/${document}/sealed.pdf`, digest);
  for (const [document, revision] of signed) same(`documents/${document}/signed.pdf`, revision);
  if (about.evidence === "kept") for (const [id, digest] of manifests) same(`evidence/${id}/manifest.json`, digest);
  visiblePhotos(members, digests, same);
  return result(
    ["有文件与事件记录的不同", "Files differ from those that the events record"],
    ["文件、证据清单、同意文本和页面图像都是事件所记录的", "Documents, manifests of evidence, consents and pages are those that the events record"],
    [...new Set(wrong)],
  );
}

function visiblePhotos(members, digests, same) {
  for (const [name, bytes] of members) {
    const folder = /^(evidence\/[^/]+\/)manifest\.json$/.exec(name);
    if (!folder) continue;
    for (const item of JSON.parse(text(bytes)).items) {
      if (item.placement === "visible") same(folder[1] + item.file, item.digest.replace("sha256:", ""));
      else if (!digests.has(folder[1] + item.file)) same(folder[1] + item.file, item.digest);
    }
  }
}
