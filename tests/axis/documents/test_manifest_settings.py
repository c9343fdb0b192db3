"""The settings change the limits of manifests, and leave them as the protocol has them otherwise."""

from axis.documents.manifest_settings import manifest_limits
from axis.protocol.manifest_limits import DEFAULT_LIMITS
from axis.settings import Settings


def test_settings_as_they_are_shipped_give_the_limits_of_the_protocol() -> None:
    assert manifest_limits(Settings()) == DEFAULT_LIMITS


def test_each_setting_changes_its_limit() -> None:
    settings = Settings(manifest_bytes=1, recipients=2, attachments=3, attachment_bytes=4, document_bytes=5)
    limits = manifest_limits(settings)
    assert (limits.bytes, limits.recipients, limits.attachments) == (1, 2, 3)
    assert (limits.attachment_bytes, limits.document_bytes) == (4, 5)
    assert limits.references == DEFAULT_LIMITS.references
