"""One detached CMS with a known certificate, beside the bare SHA-256 and signature verification it needs.

Its certificate's path is measured besides, through the hub's cache of outcomes: worked out, and remembered.
"""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from axis.judging.path_cache import PathCache
from signing import authority, cms, keys
from signing.authority import CertificateTerms
from signing.certificate_subjects import authority_subject, organisation_subject
from signing.certificates import to_der
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial, validate_path
from signing.verify import JudgingContext, TrustedTime, verify_signatures

NOW = dt.datetime(2026, 6, 3, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CONTENT = b"{" + b" " * 1998 + b"}"
ROUNDS = 7
COLD_PATHS = 20
_URL = "http://127.0.0.1/v1/crl/bench.crl"


@dataclass(frozen=True, slots=True)
class Result:
    """Microseconds for one signature, the medians of several rounds."""

    signatures: int
    bare_microseconds: float
    verification_microseconds: float
    ratio: float
    cold_path_milliseconds: float
    """A path worked out: certificate, issuing authority, root, and the lists of both."""
    warm_path_microseconds: float
    """The same asked of the cache again."""


def measure(signatures: int) -> Result:
    """Measure on P-256, turn about."""
    signature, certificate, trust, key = _make()
    moment = TrustedTime(NOW, "acceptance")
    cold, warm = _paths(certificate, trust, signatures)
    known = validate_path(certificate, Enclosed(), trust, NOW)

    def path(_certificate: bytes, _enclosed: Enclosed, _at: dt.datetime) -> PathOutcome:
        return known

    context = JudgingContext("000.00.00.H62", moment, path, lambda _certificate: None)

    def verify() -> None:
        (verdict,) = verify_signatures(signature, CONTENT, "manifest", context)
        assert verdict.sub_indication is None, verdict

    bare = _bare(key)
    rounds = [(_time(bare, signatures), _time(verify, signatures)) for _ in range(ROUNDS)]
    return Result(
        signatures=signatures * ROUNDS,
        bare_microseconds=statistics.median(first for first, _ in rounds) * 1e6,
        verification_microseconds=statistics.median(second for _, second in rounds) * 1e6,
        ratio=statistics.median(second / first for first, second in rounds),
        cold_path_milliseconds=cold * 1e3,
        warm_path_microseconds=warm * 1e6,
    )


def _paths(certificate: bytes, trust: TrustMaterial, times: int) -> tuple[float, float]:
    """Seconds for a path worked out, the material at hand, and for one that the cache remembers."""
    enclosed = Enclosed()

    def compute(der: bytes, enclosed: Enclosed, material: TrustMaterial, at: dt.datetime) -> PathOutcome:
        return validate_path(der, enclosed, material, at)

    compute(certificate, enclosed, trust, NOW)  # reads the trust material, which every later path shares

    def cold() -> None:
        PathCache(compute).outcome(certificate, enclosed, trust, NOW)

    cache = PathCache(compute)
    assert cache.outcome(certificate, enclosed, trust, NOW).sub_indication is None

    def warm() -> None:
        assert cache.find(certificate, enclosed, trust, NOW) is not None

    rounds = [(_time(cold, COLD_PATHS), _time(warm, times)) for _ in range(ROUNDS)]
    return statistics.median(first for first, _ in rounds), statistics.median(second for _, second in rounds)


def _make() -> tuple[bytes, bytes, TrustMaterial, ec.EllipticCurvePrivateKey]:
    """Make a root, an issuing authority, their lists, an agency and its signature over the content."""
    begin, end = NOW - 30 * DAY, NOW + 300 * DAY
    root_key, issuing_key, key = (keys.derive_p256(seed) for seed in (b"root", b"issuing", b"agency"))
    root_name = authority_subject("Bench root", "Bench")
    root = authority.create_root(root_key, root_name, CertificateTerms(begin, end, 1))
    issuing_name = authority_subject("Bench issuing", "Bench")
    issuing_terms, terms = (CertificateTerms(begin, end, serial, crl_urls=[_URL]) for serial in (2, 3))
    issuing = authority.create_issuing(root, issuing_key, issuing_name, issuing_terms)
    agency = organisation_subject("UBND tỉnh Vĩnh Phúc", "000.00.00.H62")
    certificate = authority.issue(issuing, key.public_key(), agency, terms)
    lists = tuple(authority.issue_crl(each, 1, NOW - DAY, NOW + 30 * DAY) for each in (root, issuing))
    signature = cms.sign(CONTENT, certificate, key, signing_time=NOW)
    trust = TrustMaterial(
        roots=(to_der(root.certificate),), intermediates=(to_der(issuing.certificate),), crls=lists
    )
    return signature, to_der(certificate), trust, key


def _bare(key: ec.EllipticCurvePrivateKey) -> Callable[[], None]:
    """Return what no verifier can do without: a digest of the content and one check of a signature."""
    algorithm = ec.ECDSA(hashes.SHA256())
    value = key.sign(CONTENT, algorithm)
    public_key = key.public_key()
    return lambda: public_key.verify(value, CONTENT, algorithm)


def _time(work: Callable[[], None], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times
