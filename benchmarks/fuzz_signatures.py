"""Throws mutated signatures at the verifier: each must get a verdict, and none may pass over other content.

`python -m benchmarks.fuzz_signatures --cases 1000000 --seed 1` prints one line of JSON, and keeps a case that
broke a rule in a file. Seeds are signatures of ours and, where the command is there, of openssl; what a run
found is in docs/fuzzing.md.
"""

import argparse
import base64
import datetime as dt
import hashlib
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.mutations import mutant
from signing import authority, cms, keys
from signing.authority import CertificateTerms
from signing.certificate_subjects import authority_subject, organisation_subject
from signing.certificates import read_certificate, to_der, to_pem
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial, validate_path
from signing.policy import DEFAULT
from signing.timestamps import issue_token, with_signature_timestamp
from signing.timestamps.attach import signature_value
from signing.verdict import DocumentVerdict
from signing.verdict_vocabulary import Indication
from signing.verify import Content, JudgingContext, TrustedTime, conclude, verify_signatures

NOW = dt.datetime(2026, 6, 3, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CONTENT = b'{"from":"000.00.00.H62","to":["000.00.00.H26"],"number":"1/A"}'
OTHER = CONTENT.replace(b"H26", b"H27")
SENDER = "000.00.00.H62"
PATHS_AT_MOST = 20_000
"""Paths that are really built, and remembered; each takes milliseconds. Beyond them an unknown certificate
has no path."""
SHOWN_EVERY = 16
"""Storing a verdict and putting it into words takes longer than most verdicts."""
OPENSSL = [
    [],
    ["-noattr"],
    ["-stream"],
    ["-keyid", "-cades"],
    ["-nodetach", "-md", "sha512"],
    ["-outform", "PEM"],
]


@dataclass(slots=True)
class Report:
    """What became of the cases."""

    cases: int = 0
    seconds: float = 0.0
    seeds: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    slowest_milliseconds: float = 0.0
    """Of processor time."""
    slowest: str = ""
    """That case, in base64."""
    peak_mebibytes: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """A root, an issuing authority, and signatures of what they certified."""

    trust: TrustMaterial
    certified: frozenset[bytes]
    """What was signed of the certificates whose signatures may pass; the rest of a certificate can be altered
    without its signature failing, as the unused bits of a BIT STRING can."""
    seeds: tuple[bytes, ...]


class BrokenRuleError(Exception):
    """A case did not end as every case must."""


def make_world() -> World:
    """Make the seeds; the keys are fixed but for RSA."""
    begin, end = NOW - 30 * DAY, NOW + 300 * DAY
    root_key, issuing_key, p256, stamper = (keys.derive_p256(seed) for seed in (b"r", b"i", b"a", b"t"))
    rsa = keys.generate("rsa-2048")
    terms = {serial: CertificateTerms(begin, end, serial) for serial in range(1, 6)}
    root = authority.create_root(root_key, authority_subject("Fuzz root", "Fuzz"), terms[1])
    subject = authority_subject("Fuzz issuing", "Fuzz")
    issuing = authority.create_issuing(root, issuing_key, subject, terms[2])
    holders = [
        (authority.issue(issuing, key.public_key(), organisation_subject("Fuzz", SENDER), terms[number]), key)
        for number, key in ((3, p256), (4, rsa))
    ]
    subject = authority_subject("Fuzz stamper", "Fuzz")
    stamping = authority.issue_timestamp_authority(issuing, stamper.public_key(), subject, terms[5])
    seeds = []
    for certificate, key in holders:
        full = cms.sign(CONTENT, certificate, key, chain=(issuing.certificate,), signing_time=NOW)
        imprint = hashlib.sha256(signature_value(full)).digest()
        token = issue_token(stamping, stamper, imprint, NOW - DAY, serial=1, policy="1.2.3")
        bare = cms.sign(CONTENT, certificate, key, signed_attributes=False)
        seeds += [full, bare, with_signature_timestamp(full, token), _armoured(full)]
        seeds += _signed_by_openssl(to_pem(certificate), keys.to_pem(key))
    lists = tuple(authority.issue_crl(each, 1, NOW - DAY, NOW + 30 * DAY) for each in (root, issuing))
    trust = TrustMaterial((to_der(root.certificate),), (to_der(issuing.certificate),), lists)
    return World(trust, frozenset(each.tbs_certificate_bytes for each, _ in holders), tuple(seeds))


class Paths:
    """Paths as a hub remembers them."""

    def __init__(self, trust: TrustMaterial) -> None:
        self.trust = trust
        self.certified: dict[str, bytes] = {}
        self.known: dict[tuple[bytes, Enclosed, dt.datetime], PathOutcome] = {}
        self.none = validate_path(b"", Enclosed(), trust, NOW)

    def __call__(self, certificate: bytes, enclosed: Enclosed, at: dt.datetime) -> PathOutcome:
        """Give the path of a certificate, from memory where it is there."""
        key = (certificate, enclosed, at)
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= PATHS_AT_MOST:
                return self.none
            found = self.known[key] = validate_path(certificate, enclosed, self.trust, at)
            if found.indication is Indication.TOTAL_PASSED:
                read = read_certificate(certificate)
                self.certified[read.summary.sha256] = read.certificate.tbs_certificate_bytes
        return found


def _armoured(signature: bytes) -> bytes:
    return b"-----BEGIN CMS-----\n" + base64.encodebytes(signature) + b"-----END CMS-----\n"


def _signed_by_openssl(certificate: bytes, key: bytes) -> list[bytes]:
    """Sign with the openssl command in the ways it knows; nothing where it is not installed."""
    command = shutil.which("openssl")
    if command is None:
        return []
    signatures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cert").write_bytes(certificate)
        (folder / "key").write_bytes(key)
        (folder / "content").write_bytes(CONTENT)
        for options in OPENSSL:
            base = [command, "cms", "-sign", "-binary", "-in", "content", "-signer", "cert", "-inkey", "key"]
            form = [] if "-outform" in options else ["-outform", "DER"]
            done = subprocess.run([*base, *form, *options], cwd=folder, capture_output=True, check=True)
            signatures.append(done.stdout)
    return signatures


def fuzz(cases: int, seed: int, world: World | None = None, seconds: float | None = None) -> Report:
    """Judge `cases` mutants, or as many as `seconds` allow. Raises `BrokenRuleError`."""
    world = world or make_world()
    source, report, paths = random.Random(seed), Report(seeds=len(world.seeds)), Paths(world.trust)
    started, slowest = time.monotonic(), b""
    for number in range(cases):
        data = mutant(world.seeds, source)
        content = (CONTENT, OTHER, None)[number % 3]
        begun = time.process_time()
        try:
            verdict = judge(data, content, world, paths, is_shown=number % SHOWN_EVERY == 0)
        except Exception as error:
            raise BrokenRuleError(f"{type(error).__name__}: {error}", data) from error
        milliseconds = (time.process_time() - begun) * 1e3
        if milliseconds > report.slowest_milliseconds:
            report.slowest_milliseconds, slowest = milliseconds, data
        report.verdicts[verdict] += 1
        report.cases += 1
        if seconds is not None and number % 256 == 0 and time.monotonic() - started > seconds:
            break
    report.slowest = base64.b64encode(slowest).decode("ascii")
    report.seconds = time.monotonic() - started
    report.peak_mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return report


def judge(data: bytes, content: bytes | None, world: World, paths: Paths, *, is_shown: bool = True) -> str:
    """Judge one case and return what came of it, in one word. Raises `AssertionError` for a broken rule."""
    given = Content(content) if content is not None else None
    context = JudgingContext(SENDER, TrustedTime(NOW), paths, lambda _: None)
    verdicts = verify_signatures(data, given, "manifest", context)
    for each in verdicts:
        if each.indication is not Indication.TOTAL_PASSED:
            continue
        if content is OTHER:
            raise AssertionError("passed over content that nobody signed")
        if each.certificate is None or paths.certified.get(each.certificate.sha256) not in world.certified:
            raise AssertionError("passed by a certificate that nobody issued")
    if not is_shown:
        return str(next((each.sub_indication for each in verdicts if each.sub_indication), "TOTAL-PASSED"))
    whole = conclude(verdicts, DEFAULT, world.trust.digest)
    if DocumentVerdict.from_stored(whole.to_stored()) != whole:
        raise AssertionError("the verdict does not come back as it was stored")
    for language in ("vi", "en"):
        if not whole.to_json(language)["sentence"]:
            raise AssertionError("no sentence")
    return str(whole.sub_indication or "TOTAL-PASSED")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command; exits with 1 when a rule was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=None, help="stop after so long")
    parser.add_argument(
        "--keep", type=Path, default=Path("broken-case"), help="where a case that breaks a rule goes"
    )
    given = parser.parse_args(arguments)
    warnings.simplefilter("error")
    try:
        report = fuzz(given.cases, given.seed, seconds=given.seconds)
    except BrokenRuleError as error:
        given.keep.write_bytes(error.args[1])
        print(f"{error.args[0]}; the case is in {given.keep}", file=sys.stderr)
        return 1
    print(json.dumps({**asdict(report), "verdicts": dict(report.verdicts.most_common())}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
