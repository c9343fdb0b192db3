// Checks a receipt (C2SP tlog-proof) within the browser; nothing of it is sent. The same three steps as
// signing/notes.py: hash the entry, follow its proof to the root of the tree, check the ledger's signature on that
// root. Hashes and signatures are the browser's own (Web Crypto). Not every browser has Ed25519; it is said where not.
"use strict";
(() => {
  const HEADER = "c2sp.org/tlog-proof@v1", MOST_LETTERS = 256 * 1024, MOST_HASHES = 63, ED25519 = 1;
  const ascii = (text) => new TextEncoder().encode(text);

  // What went wrong; `step` names the step that failed.
  class Refusal extends Error {
    constructor(step) { super(step); this.step = step; }
  }

  // Texts, read in their one spelling.
  function bytesOf(base64) {
    let text;
    try {
      text = atob(base64);
    } catch {
      throw new Refusal("form");
    }
    if (btoa(text) !== base64) throw new Refusal("form");
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  }

  function numberOf(digits) {
    if (!/^(0|[1-9][0-9]{0,18})$/.test(digits)) throw new Refusal("form");
    return BigInt(digits);
  }

  function receiptIn(given) {
    const text = `${given.replaceAll("\r\n", "\n").trim()}\n`;
    if (!text.startsWith("{")) return text;
    try {
      return String(JSON.parse(text).receipt ?? "");
    } catch {
      return text;
    }
  }

  function read(text) {
    const end = text.indexOf("\n\n"), cut = text.lastIndexOf("\n\n");
    const [header, extra, index, ...hashes] = text.slice(0, Math.max(end, 0)).split("\n");
    if (text.length > MOST_LETTERS || header !== HEADER || hashes.length > MOST_HASHES) throw new Refusal("form");
    if (!extra?.startsWith("extra ") || !index?.startsWith("index ") || cut <= end) throw new Refusal("form");
    const signed = text.slice(end + 2, cut + 1), [origin, size, root, ...more] = signed.split("\n");
    const lines = text.slice(cut + 2).split("\n");
    if (more.pop() !== "" || !origin || lines.pop() !== "" || !lines.length) throw new Refusal("form");
    return {
      leaf: bytesOf(extra.slice(6)), index: numberOf(index.slice(6)), proof: hashes.map(bytesOf),
      signed, origin, size: numberOf(size), root: bytesOf(root), signatures: lines.map(signatureIn),
    };
  }

  function signatureIn(line) {
    const parts = line.match(/^— ([^+\s]+) (\S+)$/u), raw = parts && bytesOf(parts[2]);
    if (!parts || raw.length <= 4) throw new Refusal("form");
    return { name: parts[1], id: hex(raw.subarray(0, 4)), value: raw.subarray(4) };
  }

  function keyIn(text) {
    const [name, id, base64] = text.trim().split(/\+(.*?)\+(.*)/s);
    try {
      const raw = bytesOf(base64 ?? "");
      return raw.length === 33 && raw[0] === ED25519 ? { name, id, value: raw.subarray(1) } : null;
    } catch {
      return null;
    }
  }

  // The tree of RFC 6962, and what proves a place in it.
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  async function sha256(...parts) {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
  }

  const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

  // RFC 9162, section 2.1.3.2.
  async function isIncluded(hash, { index, size, proof, root }) {
    let place = index, last = size - 1n;
    if (index >= size || proof.some((each) => each.length !== 32)) return false;
    for (const sibling of proof) {
      if (last === 0n) return false;
      if (place & 1n || place === last) {
        hash = await nodeHash(sibling, hash);
        while (!(place & 1n) && place !== 0n) { place >>= 1n; last >>= 1n; }
      } else hash = await nodeHash(hash, sibling);
      place >>= 1n;
      last >>= 1n;
    }
    return last === 0n && hex(hash) === hex(root);
  }

  // "passed", "failed", or "unable" where the browser has no Ed25519.
  async function signatureOutcome({ signed, origin, signatures }, keys) {
    let outcome = "failed";
    for (const key of keys.filter((each) => each?.name === origin)) {
      const id = hex((await sha256(ascii(`${key.name}\n`), Uint8Array.of(ED25519), key.value)).subarray(0, 4));
      if (id !== key.id) continue;
      for (const each of signatures.filter((other) => other.name === key.name && other.id === id)) {
        let verifier;
        try {
          verifier = await crypto.subtle.importKey("raw", key.value, { name: "Ed25519" }, false, ["verify"]);
        } catch {
          return "unable";
        }
        if (!await crypto.subtle.verify({ name: "Ed25519" }, verifier, each.value, ascii(signed))) return "failed";
        outcome = "passed";
      }
    }
    return outcome;
  }

  async function check(text, keys) {
    const receipt = read(receiptIn(text)), hash = await sha256(Uint8Array.of(0), receipt.leaf);
    return { receipt, hash: hex(hash), included: await isIncluded(hash, receipt), signature: await signatureOutcome(receipt, keys) };
  }

  // The page
  const panel = document.querySelector("#receipt-here");
  if (!panel || !window.isSecureContext || !crypto.subtle) return;
  const field = document.querySelector("#receipt-text"), said = document.querySelector("#receipt-said");
  const own = document.querySelector("#receipt-key"), texts = panel.dataset, SIGNS = { passed: "✓", failed: "✗", undecided: "?" };
  panel.hidden = false;
  document.querySelector("#receipt-needs").hidden = true;

  function element(name, text, kind) {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function step(kind, text) {
    const item = element("li", ""), word = element("b", `${SIGNS[kind]} ${texts[kind]}`, `verdict ${kind}`);
    item.append(word, ` ${text}`);
    return item;
  }

  // Whatever does not print, or turns the way of writing, is shown as an escape.
  const printable = (text) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) =>
    letter === "\n" ? letter : `\\u${letter.codePointAt(0).toString(16).padStart(4, "0")}`);

  function leafText(leaf) {
    try {
      return JSON.stringify(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(leaf)), null, 2);
    } catch {
      return hex(leaf);
    }
  }

  function show({ receipt, hash, included, signature }) {
    const kind = !included || signature === "failed" ? "failed" : signature === "passed" ? "passed" : "undecided";
    const notice = element("div", "", `notice ${kind}`), steps = element("ol", "");
    notice.append(element("b", `${SIGNS[kind]} ${texts[kind === "passed" ? "genuine" : kind === "failed" ? "wrong" : "half"]}`));
    steps.append(
      step("passed", `${texts.hash} ${hash}`),
      step(included ? "passed" : "failed",
        `${included ? texts.included : texts.elsewhere} ${receipt.index} / ${receipt.size}`),
      step(signature === "unable" ? "undecided" : signature, `${texts[`signature${signature}`]} ${printable(receipt.origin)}`));
    said.replaceChildren(notice, steps, element("pre", printable(leafText(receipt.leaf))));
  }

  async function checkHere() {
    said.replaceChildren();
    const lines = own.value.trim() ? [own.value] : [...document.querySelectorAll("[data-ledger-key]")].map((each) => each.textContent);
    try {
      show(await check(field.value, lines.map(keyIn)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      said.replaceChildren(element("p", `✗ ${texts.form}`, "notice failed"));
    }
  }

  async function take(file) {
    if (!file) return;
    if (file.size > 4 * MOST_LETTERS) field.value = "";
    else field.value = await file.text();
    await checkHere();
  }

  document.querySelector("#receipt-check").addEventListener("click", checkHere);
  document.querySelector("#receipt-file").addEventListener("change", ({ target }) => {
    take(target.files[0]);
    target.value = ""; // so that the same file can be chosen again once it was changed
  });
  field.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    take(file);
  });
})();
