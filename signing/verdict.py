"""Verdicts as values, and the form in which they are stored.

`signing.verify` makes them, `signing.verdict_sentences` puts them into words. ETSI EN 319 102-1 §5.1.3 and
§5.1.4, members of docs/contract.md#the-verdict.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

import orjson

from signing.certificate_subjects import OwnerKind
from signing.certificates import CertificateSummary
from signing.errors import UnreadableVerdict
from signing.verdict_sentences import Language, Place, check_title, place_of, sentence_and_remedy
from signing.verdict_vocabulary import (
    Check,
    CheckOutcome,
    Indication,
    MaterialDigest,
    MaterialKind,
    Params,
    SignedBy,
    SubIndication,
    indication_of,
)
from signing.written_verdicts import WrittenVerdicts

# The stored form keeps reasons and parameters, so that an old verdict can be read in any language later.

__all__ = [
    "Check",
    "CheckOutcome",
    "DocumentVerdict",
    "Indication",
    "SignatureVerdict",
    "SignedBy",
    "SubIndication",
    "indication_of",
]


NOT_KEPT: Final = "not kept"
"""What stands in JSON for the material of a verdict that is older than the keeping of it."""


class SignatureVerdict(NamedTuple):
    """The verdict on one signature: a plain tuple, since one is made for every document."""

    indication: Indication
    sub_indication: SubIndication | None
    format: str
    """`CMS`."""
    covers: str
    """`manifest`, or the attachment it signs."""
    kind: OwnerKind | None
    """Whose certificate: an organisation's or a person's; `None` when nothing says so."""
    agency: str | None
    """The agency the certificate is bound to, by registration or by its subject."""
    of_sender: bool
    """Whether that agency is the document's sender."""
    signer: str | None
    """How the certificate names its holder."""
    certificate: CertificateSummary | None
    chain: tuple[str, ...]
    """SHA-256 of each certificate from the signer's to the trust anchor; empty when there is no path."""
    claimed_time: datetime | None
    """When the signer says it signed; a claim, and never decides anything."""
    trusted_time: datetime
    time_source: Literal["acceptance", "rfc3161"]
    algorithms: str | None
    """Scheme, key and digest in one word: `ecdsa-p256-sha256`, `rsa-2048-sha256`, `rsa-pss-3072-sha256`."""
    checks: tuple[Check, ...]
    """In the order of the procedure."""
    policy: str
    params: Params = ()
    """What the sentence needs besides."""
    material: tuple[MaterialDigest, ...] | None = ()
    """What it rested on: the path's certificates from the signer's on, lists, OCSP responses, time-stamps.

    `None`: not kept, in a stored verdict that is older than that.
    """
    tokens: tuple[bytes, ...] = ()
    """The time-stamps that `material` names, for whoever keeps them; a document's verdict is without them."""

    def to_json(self, language: Language = "en", *, is_offline: bool = False) -> dict[str, Any]:
        """Return the members of docs/contract.md#the-verdict, with sentence and remedy in `language`.

        `is_offline`: in words for who judges files without a hub.
        """
        place = place_of(self.format, self.covers)
        sentence, remedy = sentence_and_remedy(
            self.sub_indication, dict(self.params), language, place, is_offline=is_offline
        )
        return {
            "indication": self.indication.value,
            "sub_indication": _text(self.sub_indication),
            "format": self.format,
            "covers": self.covers,
            "kind": self.kind,
            "agency": self.agency,
            "signer": self.signer,
            "certificate": None if self.certificate is None else _certificate(self.certificate),
            "chain": list(self.chain),
            "claimed_time": None if self.claimed_time is None else _rfc3339(self.claimed_time),
            "trusted_time": _rfc3339(self.trusted_time),
            "time_source": self.time_source,
            "algorithm": self.algorithms,
            "checks": [_shown_check(check, language).copy() for check in self.checks],
            "sentence": sentence,
            "remedy": remedy,
            "material": NOT_KEPT if self.material is None else [_named(each) for each in self.material],
        }


@dataclass(frozen=True, slots=True)
class DocumentVerdict:
    """The verdict on a document, over all its signatures."""

    indication: Indication | None
    """`None` when nothing was signed."""
    sub_indication: SubIndication | None
    """That of the signature which decided."""
    signed_by: SignedBy
    """Who signed, from passed signatures of the sender only."""
    signatures: tuple[SignatureVerdict, ...]
    policy: str
    trust: str
    """SHA-256 of the trust material, lower-case hexadecimal."""
    params: Params = ()

    def to_json(self, language: Language = "en") -> dict[str, Any]:
        """Return the members of docs/contract.md#the-verdict, with sentences in `language`."""
        return self._shown(language, [signature.to_json(language) for signature in self.signatures])

    def to_written(self, language: Language = "en") -> bytes:
        """Return `to_json` in JSON."""
        write = _WRITTEN[language].write
        try:
            signatures = [orjson.Fragment(write(signature)) for signature in self.signatures]
            return orjson.dumps(self._shown(language, signatures))
        except TypeError:  # half a pair of surrogates, as a certificate may have it in a name
            return json.dumps(self.to_json(language), separators=(",", ":")).encode()

    def _shown(self, language: Language, signatures: list[Any]) -> dict[str, Any]:
        reason = "UNSIGNED" if self.indication is None else self.sub_indication
        if self.indication is Indication.TOTAL_PASSED:
            reason = f"SIGNED_BY_{self.signed_by}"
        decisive = next((each for each in self.signatures if self._is_by(each)), None)
        place = "manifest" if decisive is None else place_of(decisive.format, decisive.covers)
        sentence, remedy = _words(reason, self.params, language, place)
        return {
            "indication": _text(self.indication),
            "sub_indication": _text(self.sub_indication),
            "signed_by": self.signed_by,
            "sentence": sentence,
            "remedy": remedy,
            "signatures": signatures,
            "policy": self.policy,
            "trust": self.trust,
        }

    def _is_by(self, signature: SignatureVerdict) -> bool:
        """Tell whether this signature decided."""
        found = (signature.indication, signature.sub_indication, signature.params)
        return found == (self.indication, self.sub_indication, self.params)

    def to_stored(self) -> str:
        """Reasons and parameters without any language, as JSON text; `from_stored` reads it back."""
        try:
            signatures = [orjson.Fragment(_STORED.write(signature)) for signature in self.signatures]
            return orjson.dumps(self._kept(signatures)).decode()
        except TypeError:  # half a pair of surrogates, as a certificate may have it in a name
            whole = self._kept([_stored_signature(signature) for signature in self.signatures])
            return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    def _kept(self, signatures: list[Any]) -> dict[str, Any]:
        return {
            "v": _STORED_VERSION,
            "indication": _text(self.indication),
            "sub_indication": _text(self.sub_indication),
            "signed_by": self.signed_by,
            "signatures": signatures,
            "policy": self.policy,
            "trust": self.trust,
            "params": self.params,
        }

    @classmethod
    def from_stored(cls, text: str) -> "DocumentVerdict":
        """Read what `to_stored` wrote. Raises `UnreadableVerdict`."""
        try:
            value = json.loads(text)
            if value["v"] != _STORED_VERSION:
                raise UnreadableVerdict(version=value["v"])
            return cls(
                indication=None if value["indication"] is None else Indication(value["indication"]),
                sub_indication=_sub_indication(value["sub_indication"]),
                signed_by=value["signed_by"],
                signatures=tuple(_restored_signature(each) for each in value["signatures"]),
                policy=value["policy"],
                trust=value["trust"],
                params=_params(value["params"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableVerdict from error


_STORED_VERSION: Final = 1


def _stored_signature(verdict: SignatureVerdict) -> dict[str, Any]:
    return {
        "indication": verdict.indication.value,
        "sub_indication": _text(verdict.sub_indication),
        "format": verdict.format,
        "covers": verdict.covers,
        "kind": verdict.kind,
        "agency": verdict.agency,
        "of_sender": verdict.of_sender,
        "signer": verdict.signer,
        "certificate": None if verdict.certificate is None else _certificate(verdict.certificate),
        "chain": verdict.chain,
        "claimed_time": None if verdict.claimed_time is None else verdict.claimed_time.isoformat(),
        "trusted_time": verdict.trusted_time.isoformat(),
        "time_source": verdict.time_source,
        "algorithms": verdict.algorithms,
        "checks": [_stored_check(check) for check in verdict.checks],
        "policy": verdict.policy,
        "params": verdict.params,
        "material": verdict.material,
    }


def _restored_signature(value: dict[str, Any]) -> SignatureVerdict:
    certificate = value["certificate"]
    if certificate is not None:
        times = {name: datetime.fromisoformat(certificate[name]) for name in ("not_before", "not_after")}
        certificate = CertificateSummary(**{**certificate, **times})
    claimed = value["claimed_time"]
    return SignatureVerdict(
        indication=Indication(value["indication"]),
        sub_indication=_sub_indication(value["sub_indication"]),
        format=value["format"],
        covers=value["covers"],
        kind=value["kind"],
        agency=value["agency"],
        of_sender=value["of_sender"],
        signer=value["signer"],
        certificate=certificate,
        chain=tuple(value["chain"]),
        claimed_time=None if claimed is None else datetime.fromisoformat(claimed),
        trusted_time=datetime.fromisoformat(value["trusted_time"]),
        time_source=value["time_source"],
        algorithms=value["algorithms"],
        checks=tuple(
            Check(step, name, outcome, _restored_found(found), expected)
            for step, name, outcome, found, expected in value["checks"]
        ),
        policy=value["policy"],
        params=_params(value["params"]),
        material=_material(value.get("material")),
    )


@lru_cache(maxsize=1024)
def _words(reason: str | None, params: Params, language: Language, place: Place) -> tuple[str, str | None]:
    """Return sentence and remedy. They are cached, since most documents of an agency have the same."""
    return sentence_and_remedy(reason, dict(params), language, place)


@lru_cache(maxsize=4096)
def _shown_check(check: Check, language: Language) -> dict[str, Any]:
    """Return the members of a check, to be copied. It is cached, since most return with every signature."""
    return {
        "step": check.step,
        "name": check.name,
        "title": check_title(check.name, language),
        "outcome": check.outcome,
        "found": _rfc3339(check.found) if isinstance(check.found, datetime) else check.found,
        "expected": check.expected,
    }


def _stored_check(check: Check) -> tuple[object, ...]:
    step, name, outcome, found, expected = check
    return (step, name, outcome, [found.isoformat()] if isinstance(found, datetime) else found, expected)


def _restored_found(found: str | list[str] | None) -> str | datetime | None:
    return datetime.fromisoformat(found[0]) if isinstance(found, list) else found


def _params(value: list[list[str]]) -> Params:
    return tuple((name, text) for name, text in value)


def _material(value: list[tuple[MaterialKind, str]] | None) -> tuple[MaterialDigest, ...] | None:
    return None if value is None else tuple([(kind, sha256) for kind, sha256 in value])


def _named(material: MaterialDigest) -> dict[str, str]:
    kind, sha256 = material
    return {"kind": kind, "sha256": sha256}


def _sub_indication(value: str | None) -> SubIndication | None:
    return None if value is None else SubIndication(value)


def _text(value: StrEnum | None) -> str | None:
    return None if value is None else value.value


def _certificate(summary: CertificateSummary) -> dict[str, str]:
    return {
        "subject": summary.subject,
        "issuer": summary.issuer,
        "serial": summary.serial,
        "sha256": summary.sha256,
        "not_before": _rfc3339(summary.not_before),
        "not_after": _rfc3339(summary.not_after),
    }


def _rfc3339(moment: datetime) -> str:
    universal = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return universal.isoformat().removesuffix("+00:00") + "Z"


_WRITTEN: Final[dict[Language, WrittenVerdicts]] = {
    "en": WrittenVerdicts(lambda verdict: verdict.to_json("en"), _rfc3339),
    "vi": WrittenVerdicts(lambda verdict: verdict.to_json("vi"), _rfc3339),
}
_STORED: Final = WrittenVerdicts(_stored_signature, datetime.isoformat)
