"""The limits of manifests hold to the character, item and byte, and are arguments."""

import json

import pytest
from support.manifests import attachment, check, faults, manifest, pointers

from axis.protocol.errors import TooLarge
from axis.protocol.manifest import (
    parse_manifest,
)
from axis.protocol.manifest_limits import MOST_PLACES, ManifestLimits


def test_limits_hold_to_the_character_item_and_byte():
    assert check(manifest(subject="ế" * 2000, number="x" * 100))
    assert pointers(manifest(subject="ế" * 2001, number="x" * 101)) == ["/number", "/subject"]
    many = [attachment(name=f"{place}.pdf") for place in range(101)]
    assert len(check(manifest(attachments=many[:100])).attachments) == 100
    assert pointers(manifest(attachments=many)) == ["/attachments"]
    codes = [f"000.00.{n % 100:02}.H{n // 100:02}" for n in range(1001)]
    assert len(check(manifest(to=codes[:1000])).to) == 1000
    assert pointers(manifest(to=codes)) == ["/to"]
    assert check(manifest(attachments=[attachment(size=2**30)]))
    assert check(manifest(attachments=[attachment(size=0)]))


def test_attachments_together_stay_below_the_documents_limit():
    three = [attachment(name=f"{place}", size=2**30) for place in range(3)]
    (place,) = faults(manifest(attachments=three))
    assert (place.pointer, place.found) == ("/attachments", f"{3 * 2**30} bytes")
    assert check(manifest(attachments=three[:2]))


def test_limits_are_arguments():
    assert pointers(manifest(), recipients=1, subject_characters=5) == ["/to", "/subject"]
    with pytest.raises(TooLarge):
        parse_manifest(json.dumps(manifest()).encode(), ManifestLimits(bytes=100))


def test_a_refusal_names_a_thousand_places_at_most():
    value = manifest() | {f"m{place}": 1 for place in range(5000)}
    places = faults(value)
    assert len(places) == MOST_PLACES
    assert places[-1].found == "5000 broken rules"
