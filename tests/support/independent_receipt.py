"""Checks a receipt of the axis with the standard library and the `openssl` program alone.

It imports nothing of ours on purpose: it is written from C2SP tlog-proof, tlog-checkpoint and signed-note and
from RFC 6962, so that a fault in our code cannot hide itself. It is also a program:

    python3 independent_receipt.py RECEIPT 'axis.example/v1/ledger+1a2b3c4d+AbC…'

prints the leaf and exits 0 when the receipt is good, and says why and exits 1 when it is not.
"""

import base64
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")


class BadReceipt(Exception):
    """The receipt proves nothing."""


def check(receipt: str, vkey: str) -> bytes:
    """Return the bytes of the leaf that the log with this verifier key holds. Raises `BadReceipt`."""
    head, _, note = receipt.partition("\n\n")
    magic, extra, index, *proof = head.split("\n")
    require(magic == "c2sp.org/tlog-proof@v1", "it is no tlog-proof")
    require(extra.startswith("extra ") and index.startswith("index "), "it has no leaf or no index")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    require(any(signed(text, line, vkey) for line in signatures.splitlines()), "this log did not sign it")
    origin, size, root = text.splitlines()[:3]
    require(origin == vkey.partition("+")[0], "it is another log's")
    leaf = base64.b64decode(extra.removeprefix("extra "))
    path = [base64.b64decode(line) for line in proof]
    position = int(index.removeprefix("index "))
    require(0 <= position < int(size), "the tree has no such leaf")
    computed = climb(hashlib.sha256(b"\x00" + leaf).digest(), position, int(size), path)
    require(computed == base64.b64decode(root), "the leaf is not in the tree")
    return leaf


def require(condition: bool, reason: str) -> None:
    if not condition:
        raise BadReceipt(reason)


def climb(digest: bytes, position: int, size: int, path: list[bytes]) -> bytes:
    """Walk down from the root by RFC 6962's own recursion, taking siblings from the end of the path."""
    if size == 1:
        require(not path, "the proof is too long")
        return digest
    require(bool(path), "the proof is too short")
    half = 1
    while half * 2 < size:
        half *= 2
    if position < half:
        left, right = climb(digest, position, half, path[:-1]), path[-1]
    else:
        left, right = path[-1], climb(digest, position - half, size - half, path[:-1])
    return hashlib.sha256(b"\x01" + left + right).digest()


def signed(text: str, line: str, vkey: str) -> bool:
    """Tell whether the signature line is by the verifier key, asking openssl about the arithmetic."""
    name, key_id, encoded = vkey.split("+", 2)
    dash, signer, signature = line.split(" ")
    raw, key = base64.b64decode(signature), base64.b64decode(encoded)
    if dash != "—" or signer != name or raw[:4].hex() != key_id or key[:1] != b"\x01":
        return False
    if hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] != key_id:
        return False
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": ED25519_SPKI + key[1:], "signature": raw[4:], "text": text.encode()}
        for file, content in files.items():
            Path(folder, file).write_bytes(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key"]
        command += ["-rawin", "-in", "text", "-sigfile", "signature"]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    try:
        print(check(Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2]).decode())
    except (BadReceipt, ValueError) as error:
        sys.exit(f"bad receipt: {error}")
