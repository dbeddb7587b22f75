// Where members come from: the bundle's file, which is a ZIP, or the files of the folder it was unpacked to.
// Nothing leaves this page: the policy in its head allows no connection.

const LIMITS = { members: 5000, bytes: 1024 * 1024 * 1024 };
const LAST_BYTES = 22;

class Unreadable extends Error {
  constructor(zh, en) {
    super(en);
    this.zh = zh;
    this.en = en;
  }
}

// Return the members of a container by name (PKWARE APPNOTE 6.3, clauses 4.3.7, 4.3.12 and 4.3.16).
async function unpack(buffer) {
  const view = new DataView(buffer);
  const end = buffer.byteLength - LAST_BYTES;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) {
    throw new Unreadable("这不是证据包文件：结尾不是 ZIP。", "This is no bundle: it does not end as a ZIP does.");
  }
  const count = view.getUint16(end + 10, true);
  let position = view.getUint32(end + 16, true);
  if (count > LIMITS.members) throw new Unreadable("成员太多。", "There are too many members.");
  const members = new Map();
  let left = LIMITS.bytes;
  for (let number = 0; number < count; number += 1) {
    if (position + 46 > end || view.getUint32(position, true) !== 0x02014b50) {
      throw new Unreadable("ZIP 目录已损坏。", "The ZIP's directory is damaged.");
    }
    const entry = directoryEntry(view, position);
    if (members.has(entry.name)) {
      throw new Unreadable(`${entry.name} 出现两次。`, `${entry.name} is there twice.`);
    }
    left -= entry.size;
    if (left < 0) throw new Unreadable("解压后太大。", "It would be too large when unpacked.");
    members.set(entry.name, await content(buffer, view, entry));
    position = entry.next;
  }
  return members;
}

function directoryEntry(view, position) {
  const nameLength = view.getUint16(position + 28, true);
  const bytes = new Uint8Array(view.buffer, position + 46, nameLength);
  return {
    name: String.fromCharCode(...bytes),
    flags: view.getUint16(position + 8, true),
    method: view.getUint16(position + 10, true),
    packed: view.getUint32(position + 20, true),
    size: view.getUint32(position + 24, true),
    offset: view.getUint32(position + 42, true),
    next: position + 46 + nameLength + view.getUint16(position + 30, true) + view.getUint16(position + 32, true),
  };
}

async function content(buffer, view, entry) {
  const damaged = new Unreadable(`${entry.name} 已损坏。`, `${entry.name} is damaged.`);
  if (entry.flags & 1) throw new Unreadable(`${entry.name} 已加密。`, `${entry.name} is encrypted.`);
  if (entry.offset + 30 > buffer.byteLength || view.getUint32(entry.offset, true) !== 0x04034b50) throw damaged;
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  if (start + entry.packed > buffer.byteLength) throw damaged;
  const packed = new Uint8Array(buffer, start, entry.packed);
  const found = entry.method === 0 ? packed : entry.method === 8 ? await inflated(packed, entry.size, damaged) : null;
  if (found === null || found.byteLength !== entry.size) throw damaged;
  return found;
}

async function inflated(packed, size, damaged) {
  if (typeof DecompressionStream === "undefined") {
    throw new Unreadable(
      "这个浏览器不能解压。请先解压证据包，再选择文件夹。",
      "This browser cannot unpack. Unpack the bundle first, then choose the folder.",
    );
  }
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const found = new Uint8Array(size);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (filled + value.byteLength > size) throw damaged;
      found.set(value, filled);
      filled += value.byteLength;
    }
  } catch {
    throw damaged;
  }
  return found.subarray(0, filled);
}

// Sort chosen files into a bundle's members and what an auditor opened: `{members, opened}`, each by name.
async function sorted(files) {
  const bundles = files.filter((one) => /\.(asice|zip)$/i.test(one.path));
  const manifest = files.find((one) => one.path.endsWith("META-INF/ASiCManifest.xml"));
  const root = manifest ? manifest.path.slice(0, -"META-INF/ASiCManifest.xml".length) : null;
  let members = null;
  if (bundles.length > 1) throw new Unreadable("请一次只核对一份证据包。", "Check one bundle at a time.");
  if (bundles.length === 1) members = await unpack(await bundles[0].file.arrayBuffer());
  const opened = new Map();
  for (const one of files) {
    if (bundles.includes(one)) continue;
    const place = one.path.match(/(?:^|\/)(opened\/[^/]+\/[^/]+|opening\.json)$/);
    if (place || /handwriting[^/]*\.json$/.test(one.path)) {
      opened.set(place ? place[1] : one.path, new Uint8Array(await one.file.arrayBuffer()));
    }
  }
  if (bundles.length === 0 && root !== null) {
    members = new Map();
    for (const one of files) {
      const name = one.path.slice(root.length);
      if (one.path.startsWith(root) && !opened.has(name)) {
        members.set(name, new Uint8Array(await one.file.arrayBuffer()));
      }
    }
  }
  return { members, opened };
}

// Return what was dropped, folders with all that is in them, as `{path, file}`.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }));
  const found = [];
  while (entries.length > 0) {
    const entry = entries.shift();
    const path = entry.fullPath.replace(/^\//, "");
    if (entry.isFile) {
      found.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    } else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (some.length === 0) break;
        entries.push(...some);
      }
    }
  }
  return found;
}
