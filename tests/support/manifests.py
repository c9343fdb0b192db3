"""Manifests as JSON values for tests: a good one, and what makes it a bad one."""

import copy
from typing import Any

import pytest

from axis.protocol.errors import ManifestInvalid
from axis.protocol.manifest import check_manifest
from axis.protocol.manifest_limits import ManifestLimits

DIGEST = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
LEFT_OUT = object()


def attachment(**changes: Any) -> dict[str, Any]:
    """One good declaration of an attachment, with changes."""
    good = {"name": "123-UBND-VX.pdf", "media_type": "application/pdf", "size": 20_000, "sha256": DIGEST}
    return changed(good, changes)


def manifest(**changes: Any) -> dict[str, Any]:
    """The contract's example, with changes; `sender` stands for the member `from`."""
    good = {
        "from": "000.00.00.H24",
        "to": ["000.00.00.G22", "000.00.00.H26"],
        "number": "123/UBND-VX",
        "issued_on": "2019-06-03",
        "type": "cong-van",
        "subject": "V/v triển khai trục liên thông văn bản quốc gia",
        "priority": "normal",
        "action": "new",
        "refers_to": [],
        "signer": {"name": "Nguyễn Văn An", "position": "Chủ tịch"},
        "due_on": None,
        "attachments": [attachment()],
    }
    if "sender" in changes:
        changes["from"] = changes.pop("sender")
    return changed(good, changes)


def reference(**changes: Any) -> dict[str, Any]:
    """One good reference to a document of the same sender, with changes."""
    good = {"from": "000.00.00.H24", "number": "12/UBND", "issued_on": "2019-05-02"}
    if "sender" in changes:
        changes["from"] = changes.pop("sender")
    return changed(good, changes)


def changed(value: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with members changed, or left out."""
    both = copy.deepcopy({**value, **changes})
    return {name: member for name, member in both.items() if changes.get(name) is not LEFT_OUT}


NFD_NAME = "Quye\u0302\u0301t \u0111i\u0323nh.pdf"
NFC_NAME = "Quyết định.pdf"


def check(value, **limits):
    """The manifest of a value within limits; raises where it breaks a rule."""
    return check_manifest(value, ManifestLimits(**limits), sha256="0" * 64)


def faults(value, **limits):
    """The places at which a value breaks rules."""
    with pytest.raises(ManifestInvalid) as caught:
        check(value, **limits)
    return caught.value.places


def pointers(value, **limits):
    """The JSON pointers of these places."""
    return [place.pointer for place in faults(value, **limits)]
