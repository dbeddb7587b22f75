// What digests prove of a chain of renewed timestamps: the bundle's checkpoint continues the one that was renewed, that
// covers the contract's end, and each renewal covers what comes before it. The timestamps themselves are not judged here.

const RENEWED = "trail/renewed/";

// RFC 9162 section 2.1.4.2, with the sizes that need no proof.
async function continues(first, second, firstRoot, secondRoot, path) {
  if (!(first >= 1 && first <= second)) return false;
  if (first === second) return path.length === 0 && hex(firstRoot) === hex(secondRoot);
  if (path.length === 0) return false;
  const isPowerOfTwo = (BigInt(first) & (BigInt(first) - 1n)) === 0n;
  const [begin, ...rest] = isPowerOfTwo ? [firstRoot, ...path] : path;
  let [fn, sn] = [first - 1, second - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  let [fr, sr] = [begin, begin];
  for (const step of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [await nodeOf(step, fr), await nodeOf(step, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      sr = await nodeOf(sr, step);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && hex(fr) === hex(firstRoot) && hex(sr) === hex(secondRoot);
}

// Return what is wrong with the chain, by member; null where this bundle has none and tells of none.
async function renewedChecked(members, events) {
  const about = JSON.parse(text(members.get("envelope.json")));
  const count = about.renewals ?? 0;
  const numbers = Array.from({ length: count }, (_none, place) => place + 1);
  const fixed = ["checkpoint.txt", "checkpoint.tst", "consistency.json", "proofs.json"];
  const wanted = count === 0 ? [] : [...fixed, ...numbers.flatMap((one) => [`${one}.json`, `${one}.tst`])].map((one) => RENEWED + one);
  const there = [...members.keys()].filter((name) => name.startsWith(RENEWED));
  if (count === 0 && there.length === 0) return null;
  const wrong = [...wanted.filter((name) => !members.has(name)), ...there.filter((name) => !wanted.includes(name))];
  if (wrong.length === 0) wrong.push(...(await linksWrong(members, events, about, numbers)));
  return result(
    ["续期的时间戳与检查点不成一条链", "The renewed timestamps are no chain from that checkpoint"],
    [`检查点的时间戳续期 ${count} 次，每次都覆盖前一次（时间戳本身不在本页核对）`, `The timestamp was renewed ${count} times, and each renewal covers the one before (timestamps are not checked here)`],
    wrong,
  );
}

async function linksWrong(members, events, about, numbers) {
  const json = (name) => JSON.parse(text(members.get(RENEWED + name)));
  const [earlier, later] = [headOf(members, `${RENEWED}checkpoint.txt`), headOf(members)];
  const path = json("consistency.json").hashes.map(fromHex);
  const wrong = [];
  if (!earlier || !later || !(await continues(earlier.size, later.size, earlier.root, later.root, path))) wrong.push(`${RENEWED}consistency.json`);
  const ends = events.filter(({ event }) => event.stream === about.envelope && event.type === `envelope.${about.state}`);
  if (!earlier || ends.length === 0 || ends.at(-1).position >= earlier.size) wrong.push(`${RENEWED}checkpoint.txt`);
  const { proofs } = json("proofs.json");
  if (proofs.length !== numbers.length) return [...wrong, `${RENEWED}proofs.json`];
  for (const number of numbers) {
    const head = json(`${number}.json`);
    const before = number === 1 ? ["checkpoint.txt", "checkpoint.tst"] : [`${number - 1}.json`, `${number - 1}.tst`];
    const covered = await Promise.all(before.map((name) => sha256(members.get(RENEWED + name))));
    const { position, hashes } = proofs[number - 1];
    const leaf = await leafOf(joined(...covered));
    if (!(await leadsTo(fromHex(head.root), leaf, position, head.size, hashes.map(fromHex)))) wrong.push(`${RENEWED}${number}.json`);
  }
  return wrong;
}
