// Signs a manifest with a PKCS #12 file within the browser: file, password and key never leave it. All cryptography
// is the browser's own (Web Crypto); this reads and writes DER. It makes the file that the form's field for
// signatures takes, as `openssl cms -sign` makes it: SignedData with signed attributes, RFC 5652. PKCS #12: RFC 7292,
// protected by PBES2 with AES-CBC (RFC 8018) alone.
"use strict";
(() => {
  const OID = {
    data: "1.2.840.113549.1.7.1", signedData: "1.2.840.113549.1.7.2", encryptedData: "1.2.840.113549.1.7.6",
    contentType: "1.2.840.113549.1.9.3", messageDigest: "1.2.840.113549.1.9.4", signingTime: "1.2.840.113549.1.9.5",
    sha256: "2.16.840.1.101.3.4.2.1", rsa: "1.2.840.113549.1.1.1", ecdsaSha256: "1.2.840.10045.4.3.2",
    ecKey: "1.2.840.10045.2.1", keyBag: "1.2.840.113549.1.12.10.1.1", shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
    certBag: "1.2.840.113549.1.12.10.1.3", x509: "1.2.840.113549.1.9.22.1",
    pbes2: "1.2.840.113549.1.5.13", pbkdf2: "1.2.840.113549.1.5.12",
  };
  const CURVES = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521" };
  const AES_BITS = { "2.16.840.1.101.3.4.1.2": 128, "2.16.840.1.101.3.4.1.22": 192, "2.16.840.1.101.3.4.1.42": 256 };
  const PRF = { "1.2.840.113549.2.7": "SHA-1", "1.2.840.113549.2.9": "SHA-256", "1.2.840.113549.2.10": "SHA-384", "1.2.840.113549.2.11": "SHA-512" };
  const MOST_ITERATIONS = 10_000_000, MOST_DEPTH = 32, MOST_BYTES = 1 << 20;

  // What went wrong; `reason` names the text that the page has for it.
  class Refusal extends Error {
    constructor(reason) { super(reason); this.reason = reason; }
  }

  // DER, read: {tag, content, whole, items} of each value; items are read when they are asked for.
  function read(bytes, start = 0, depth = 0) {
    if (depth > MOST_DEPTH) throw new Refusal("unreadable");
    let at = start + 2, length = bytes[start + 1];
    if (length === undefined || length === 0x80 || (bytes[start] & 0x1f) === 0x1f) throw new Refusal("unreadable");
    if (length > 0x80) {
      const count = length & 0x7f;
      if (count > 4) throw new Refusal("unreadable");
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] ?? 0);
    }
    if (at + length > bytes.length) throw new Refusal("unreadable");
    return {
      tag: bytes[start], content: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length),
      get items() {
        const found = [];
        for (let here = 0; here < this.content.length;) {
          const item = read(this.content, here, depth + 1);
          found.push(item);
          here += item.whole.length;
        }
        return found;
      },
    };
  }

  function oidOf(value) {
    if (value?.tag !== 6) throw new Refusal("unreadable");
    const arcs = [];
    let arc = 0;
    for (const byte of value.content) {
      arc = arc * 128 + (byte & 0x7f);
      if (byte < 0x80) { arcs.push(arc); arc = 0; }
    }
    const first = Math.min(Math.floor(arcs[0] / 40), 2);
    return [first, arcs[0] - first * 40, ...arcs.slice(1)].join(".");
  }

  function numberOf(value) {
    return value.content.reduce((sum, byte) => sum * 256 + byte, 0);
  }

  // DER, written.
  function joined(...parts) {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { out.set(part, at); at += part.length; }
    return out;
  }

  function der(tag, ...parts) {
    const content = joined(...parts), length = [];
    for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
    const head = content.length < 128 ? [content.length] : [0x80 | length.length, ...length];
    return joined(Uint8Array.of(tag, ...head), content);
  }

  function oid(text) {
    const [first, second, ...rest] = text.split(".").map(Number);
    const bytes = [];
    for (const arc of [first * 40 + second, ...rest]) {
      const groups = [arc % 128];
      for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128)) groups.unshift((more % 128) | 0x80);
      bytes.push(...groups);
    }
    return der(6, Uint8Array.from(bytes));
  }

  function integer(bytes) {
    let at = 0;
    while (at < bytes.length - 1 && bytes[at] === 0) at++;
    const short = bytes.subarray(at);
    return der(2, short[0] & 0x80 ? joined(Uint8Array.of(0), short) : short);
  }

  const ascii = (text) => new TextEncoder().encode(text);
  const sequence = (...parts) => der(0x30, ...parts);
  const NULL = der(5);

  function setOf(items) {
    const sorted = [...items].sort((a, b) => {
      for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
      return a.length - b.length;
    });
    return der(0x31, ...sorted);
  }

  function time(moment) {
    const digits = moment.toISOString().replace(/[-:T]|\.\d+/g, "");
    const year = moment.getUTCFullYear();
    return year >= 1950 && year < 2050 ? der(0x17, ascii(digits.slice(2))) : der(0x18, ascii(digits));
  }

  // PKCS #12
  async function decrypted(algorithm, ciphertext, password) {
    const [method, parameters] = algorithm.items;
    if (oidOf(method) !== OID.pbes2) throw new Refusal("old");
    const [derivation, encryption] = parameters.items;
    const bits = AES_BITS[oidOf(encryption.items[0])];
    if (oidOf(derivation.items[0]) !== OID.pbkdf2 || !bits) throw new Refusal("old");
    const [salt, iterations, ...rest] = derivation.items[1].items;
    const prf = rest.find((each) => each.tag === 0x30);
    const hash = prf ? PRF[oidOf(prf.items[0])] : "SHA-1";
    if (!hash || salt.tag !== 4 || numberOf(iterations) > MOST_ITERATIONS) throw new Refusal("old");
    const secret = await crypto.subtle.importKey("raw", ascii(password), "PBKDF2", false, ["deriveKey"]);
    const key = await crypto.subtle.deriveKey(
      { name: "PBKDF2", hash, salt: salt.content, iterations: numberOf(iterations) },
      secret, { name: "AES-CBC", length: bits }, false, ["decrypt"]);
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: encryption.items[1].content }, key, ciphertext));
    } catch {
      throw new Refusal("password");
    }
  }

  async function opened(file, password) {
    const found = { certificates: [], keys: [] };
    const safe = read(file).items[1];
    if (!safe || oidOf(safe.items[0]) !== OID.data) throw new Refusal("unreadable");
    for (const part of read(safe.items[1].items[0].content).items) {
      const [kind, wrapped] = part.items;
      let content;
      if (oidOf(kind) === OID.data) content = wrapped.items[0].content;
      else if (oidOf(kind) === OID.encryptedData) {
        const [, algorithm, ciphertext] = wrapped.items[0].items[1].items;
        content = await decrypted(algorithm, ciphertext.content, password);
      } else throw new Refusal("unreadable");
      await take(read(content).items, password, found);
    }
    return found;
  }

  async function take(bags, password, found) {
    for (const bag of bags) {
      const kind = oidOf(bag.items[0]), value = bag.items[1].items[0];
      if (kind === OID.keyBag) found.keys.push(value.whole);
      else if (kind === OID.shroudedKeyBag) {
        const [algorithm, ciphertext] = value.items;
        found.keys.push(read(await decrypted(algorithm, ciphertext.content, password)).whole);
      } else if (kind === OID.certBag && oidOf(value.items[0]) === OID.x509) {
        found.certificates.push(value.items[1].items[0].content);
      }
    }
  }

  // Certificates and keys
  function partsOf(certificate) {
    const items = read(certificate).items[0].items;
    const start = items[0].tag === 0xa0 ? 1 : 0;
    return { serial: items[start], issuer: items[start + 2], subject: items[start + 4], publicKey: items[start + 5] };
  }

  function algorithmOf(identifier) {
    const [kind, parameters] = identifier.items, name = oidOf(kind);
    if (name === OID.rsa) return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const namedCurve = name === OID.ecKey && parameters?.tag === 6 ? CURVES[oidOf(parameters)] : undefined;
    if (!namedCurve) throw new Refusal("kind");
    return { name: "ECDSA", namedCurve };
  }

  // The key of a file with the certificate that belongs to it: [key, algorithm, certificate].
  async function pairIn({ keys, certificates }) {
    for (const bytes of keys) {
      const algorithm = algorithmOf(read(bytes).items[1]);
      let key;
      try {
        key = await crypto.subtle.importKey("pkcs8", bytes, algorithm, true, ["sign"]);
      } catch {
        throw new Refusal("kind");
      }
      const own = await crypto.subtle.exportKey("jwk", key);
      for (const certificate of certificates) {
        try {
          const spki = partsOf(certificate).publicKey.whole;
          const other = await crypto.subtle.exportKey("jwk", await crypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]));
          if (["n", "e", "crv", "x", "y"].every((name) => own[name] === other[name])) return [key, algorithm, certificate];
        } catch {
          continue; // of another kind of key
        }
      }
    }
    throw new Refusal("nokey");
  }

  // CMS
  async function signed(content, moment, key, algorithm, certificate, certificates) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const attribute = (name, value) => sequence(oid(name), setOf([value]));
    const attributes = setOf([
      attribute(OID.contentType, oid(OID.data)),
      attribute(OID.signingTime, time(moment)),
      attribute(OID.messageDigest, der(4, digest)),
    ]);
    const isRsa = algorithm.name !== "ECDSA";
    const raw = new Uint8Array(await crypto.subtle.sign(isRsa ? algorithm.name : { name: "ECDSA", hash: "SHA-256" }, key, attributes));
    const half = raw.length / 2;
    const value = isRsa ? raw : sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)));
    const { serial, issuer } = partsOf(certificate);
    const sha256 = sequence(oid(OID.sha256));
    const signer = sequence(
      der(2, Uint8Array.of(1)), sequence(issuer.whole, serial.whole), sha256,
      joined(Uint8Array.of(0xa0), attributes.subarray(1)),
      isRsa ? sequence(oid(OID.rsa), NULL) : sequence(oid(OID.ecdsaSha256)), der(4, value));
    const data = sequence(
      der(2, Uint8Array.of(1)), der(0x31, sha256), sequence(oid(OID.data)),
      joined(Uint8Array.of(0xa0), setOf(certificates).subarray(1)), der(0x31, signer));
    return sequence(oid(OID.signedData), der(0xa0, data));
  }

  // The page
  const panel = document.querySelector("#p12");
  if (!panel || !window.isSecureContext || !crypto.subtle) return;
  const form = panel.closest("form"), said = document.querySelector("#p12-said");
  const opening = performance.now(), now = Date.parse(form.dataset.now);
  document.querySelector("#p12-needs").hidden = true;
  panel.hidden = false;

  function say(text, isWrong) {
    said.textContent = `${isWrong ? "✗" : "✓"} ${text}`;
    said.className = `notice ${isWrong ? "failed" : "passed"}`;
  }

  function nameOf(certificate) {
    const names = partsOf(certificate).subject.items.flatMap((set) => set.items.map((each) => each.items));
    const text = (wanted) => names.filter(([kind]) => oidOf(kind) === wanted).map(([, value]) => new TextDecoder().decode(value.content));
    return text("2.5.4.3")[0] ?? text("2.5.4.10")[0] ?? "";
  }

  async function sign() {
    const file = document.querySelector("#p12-file").files[0], password = document.querySelector("#p12-password");
    if (!file || file.size > MOST_BYTES) throw new Refusal("unreadable");
    const found = await opened(new Uint8Array(await file.arrayBuffer()), password.value);
    const [key, algorithm, certificate] = await pairIn(found);
    const manifest = Uint8Array.from(atob(form.elements.manifest.value), (letter) => letter.charCodeAt(0));
    const moment = new Date(now + performance.now() - opening);
    const signature = await signed(manifest, moment, key, algorithm, certificate, found.certificates);
    const chosen = new DataTransfer(), field = document.querySelector("#signature");
    for (const each of field.files) chosen.items.add(each);
    chosen.items.add(new File([signature], `manifest-${chosen.items.length}.p7s`, { type: "application/pkcs7-signature" }));
    field.files = chosen.files;
    password.value = "";
    say(`${panel.dataset.done} ${nameOf(certificate)}. ${panel.dataset.added}`, false);
  }

  document.querySelector("#p12-sign").addEventListener("click", async () => {
    try {
      await sign();
    } catch (error) {
      say(panel.dataset[error instanceof Refusal ? error.reason : "unreadable"], true);
    }
  });
  document.querySelector("#p12-password").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // it signs, and does not send the form
    document.querySelector("#p12-sign").click();
  });
})();
