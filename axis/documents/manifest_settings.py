"""The limits of manifests on this hub, taken from its settings."""

from axis.protocol.manifest_limits import ManifestLimits
from axis.settings import Settings


def manifest_limits(settings: Settings) -> ManifestLimits:
    """Return the limits that the settings give."""
    return ManifestLimits(
        bytes=settings.manifest_bytes,
        recipients=settings.recipients,
        attachments=settings.attachments,
        attachment_bytes=settings.attachment_bytes,
        document_bytes=settings.document_bytes,
    )
