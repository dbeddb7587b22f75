// The page itself: takes files, shows each result as it is found, and never shows a file's text but as text.

const results = document.querySelector("#results");
const verdict = document.querySelector("#verdict");
const MARKS = { pass: ["一致", "right"], fail: ["不一致", "wrong"], open: ["未核对", "not checked"] };
const NAMES_AT_MOST = 200;

function tell({ state, zh, en, names }) {
  const row = document.querySelector("#result").content.cloneNode(true);
  row.querySelector("li").dataset.state = state;
  row.querySelector(".mark").textContent = MARKS[state].join(" ");
  row.querySelector(".zh").textContent = zh;
  row.querySelector(".en").textContent = en;
  const list = row.querySelector("ul");
  for (const name of names.slice(0, NAMES_AT_MOST)) {
    const item = document.createElement("li");
    item.textContent = name;
    list.append(item);
  }
  if (names.length === 0) list.remove();
  results.append(row);
  return state;
}

function conclude(states) {
  const failed = states.includes("fail");
  verdict.dataset.state = failed ? "fail" : "pass";
  verdict.querySelector(".zh").textContent = failed
    ? "不要相信这份证据包：有内容与清单或日志不一致。"
    : "本页能核对的内容全部一致。";
  verdict.querySelector(".en").textContent = failed
    ? "Do not rely on this bundle: something differs from its manifest or its trail."
    : "All that this page can check is right.";
  verdict.hidden = false;
}

const NOT_HERE = {
  state: "open",
  zh: "印章签名、时间戳和文件中的签名不在本页核对：请用 esign bundle check，或按 README.html 第 3、4、6、10 步",
  en: "The seal's signature, the timestamps and the signatures in the documents are not checked here: use esign bundle check, or steps 3, 4, 6 and 10 of README.html",
  names: [],
};

async function check(members) {
  const digests = await digestsOf(members);
  const states = [tell(membersChecked(members, digests))];
  const [events, streams, head, found] = await trailChecked(members);
  states.push(tell(events), tell(streams), tell(head), tell(recordedChecked(members, digests, found)));
  const renewed = await renewedChecked(members, found);
  if (renewed !== null) states.push(tell(renewed));
  tell(NOT_HERE);
  about(members, digests);
  conclude(states);
}

function about(members, digests) {
  const list = document.querySelector("#members dl");
  for (const [name, digest] of digests) {
    const [term, description] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    description.textContent = digest;
    list.append(term, description);
  }
  document.querySelector("#members").hidden = false;
  const told = JSON.parse(text(members.get("envelope.json")));
  document.querySelector("#what").textContent = [
    told.title,
    told.envelope,
    told.state,
    ...told.recipients.map((one) => `${one.name ?? "—"} (${one.role})`),
  ].filter(Boolean).join(" · ");
}

const LISTED = "与已签名的证据清单一致 as in the signed manifest of evidence";
const UNLISTED = "未与证据清单核对 not compared with a manifest of evidence";

// Find what `opening.json` says of a file, by its digest: whose it is, and whether its salted digest stands in their
// manifest of evidence. Without that word, the folder of the file says whose it is.
async function originOf(name, bytes, told, members) {
  const digest = `sha256:${hex(await sha256(bytes))}`;
  for (const item of told.filter((one) => one.sha256 === digest)) {
    const manifest = members?.get(`evidence/${item.recipient}/manifest.json`);
    const salted = `sha256:${hex(await sha256(joined(fromHex(item.salt), bytes)))}`;
    const listed = manifest !== undefined && JSON.parse(text(manifest)).items.some((one) => one.digest === salted);
    return { recipient: item.recipient, listed };
  }
  return { recipient: /^opened\/([^/]+)\//.exec(name)?.[1], listed: false };
}

// Return the name and role of a recipient of the bundle; what stands for it where there is no bundle, or none such.
function nameOf(recipient, members, otherwise) {
  const about = members?.get("envelope.json");
  const found = about && JSON.parse(text(about)).recipients.find((one) => one.id === recipient);
  return found ? `${found.name ?? "—"} (${found.role})` : otherwise;
}

// Show what an auditor opened.
async function replay(opened, members) {
  const place = document.querySelector("#replays");
  const told = opened.has("opening.json") ? JSON.parse(text(opened.get("opening.json"))).items : [];
  for (const [name, bytes] of opened) {
    const capture = /handwriting[^/]*\.json$/.test(name) ? captureOf(bytes) : null;
    if (capture === null) continue;
    const { recipient, listed } = await originOf(name, bytes, told, members);
    addPlayer(place, capture, `${nameOf(recipient, members, name)} · ${listed ? LISTED : UNLISTED}`);
  }
  place.hidden = place.childElementCount <= 1;
}

async function take(files) {
  results.replaceChildren();
  document.querySelector("#members dl").replaceChildren();
  document.querySelectorAll("#replays article").forEach((one) => one.remove());
  verdict.hidden = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    const { members, opened } = await sorted(files);
    if (members !== null) await check(members);
    await replay(opened, members);
    if (members === null && opened.size === 0) {
      throw new Unreadable("这里没有证据包。", "There is no bundle among these files.");
    }
  } catch (error) {
    const known = error instanceof Unreadable;
    const [zh, en] = known ? [error.zh, error.en] : ["证据包的内容无法读取。", `The content of the bundle cannot be read (${error.message}).`];
    tell({ state: "fail", zh, en, names: [] });
    conclude(["fail"]);
  }
  document.body.setAttribute("aria-busy", "false");
}

const listed = (input) => [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => take(listed(input)));
}
const zone = document.querySelector("#zone");
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.dataset.over = "yes";
});
document.addEventListener("dragleave", () => delete zone.dataset.over);
document.addEventListener("drop", async (event) => {
  event.preventDefault();
  delete zone.dataset.over;
  await take(await dropped(event.dataTransfer));
});
if (!window.crypto?.subtle) {
  tell({ state: "fail", zh: "这个浏览器在本地文件中不提供 WebCrypto，请换一个浏览器", en: "This browser offers no WebCrypto to local files: use another", names: [] });
}
