"""The limits of manifests, with defaults: bytes, recipients, attachments, and characters of their texts.

They are applied by `axis.protocol.manifest`. A hub takes some of them from its settings
(`axis.documents.manifest_settings`).
"""

from dataclasses import dataclass

MOST_PLACES = 1_000
"""The most broken rules in one refusal: more could make a refusal larger than its manifest."""
SIGNER_CHARACTERS = 200
"""The longest name and the longest position of who signs."""
MEDIA_TYPE_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class ManifestLimits:
    """The limits of a manifest. The hub's settings change them; these are the defaults."""

    bytes: int = 256 * 1024
    recipients: int = 1_000
    attachments: int = 100
    references: int = 1_000
    attachment_bytes: int = 1024**3
    document_bytes: int = 2 * 1024**3
    subject_characters: int = 2_000
    number_characters: int = 100
    name_bytes: int = 255


DEFAULT_LIMITS = ManifestLimits()
WIDE_LIMITS = ManifestLimits(
    bytes=16 * 1024 * 1024,
    recipients=1_000_000,
    attachments=100_000,
    references=1_000_000,
    attachment_bytes=2**62,
    document_bytes=2**62,
    subject_characters=1_000_000,
)
"""Far wider than any hub's, for whoever reads manifests that some hub has accepted."""
