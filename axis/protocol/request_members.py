"""Reads the members of a request's JSON, and collects faults with their places.

The JSON itself is read by `axis.protocol.request_bodies`. Members of manifests are read by
`axis.protocol.manifest_rules`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.errors import Place, QueryInvalid, shorten


@dataclass(slots=True)
class MembersReader:
    """Collects faults while members are read, so that one refusal names all of them."""

    faults: list[Place] = field(default_factory=list)

    def fault(self, pointer: str, found: str, expected: str) -> None:
        """Note what is wrong at a place, in words."""
        self.faults.append(Place(pointer, shorten(found), expected))

    def wrong(self, pointer: str, value: object, expected: str) -> None:
        """Note that a value of JSON's types is wrong. It is shown as JSON; *nothing* if null or missing."""
        self.fault(pointer, "nothing" if value is None else json.dumps(value, ensure_ascii=False), expected)

    def finish(self) -> None:
        """Refuse everything if anything was wrong.

        Raises:
            QueryInvalid: naming all faults.

        """
        if self.faults:
            raise QueryInvalid(*self.faults)

    def members(self, value: object, pointer: str, allowed: Collection[str]) -> dict[str, Any]:
        """Return an object's members; unknown ones are faults. Of another value there are none.

        Raises:
            QueryInvalid: when the whole body (`pointer` is empty) is no object: nothing else can be read.

        """
        if not isinstance(value, Mapping):
            self.fault(pointer, type(value).__name__, "a JSON object")
            if not pointer:
                self.finish()
            return {}
        for name in sorted(value.keys() - set(allowed)):
            self.fault(f"{pointer}/{shorten(name)}", "an unknown member", ", ".join(sorted(allowed)))
        return dict(value)

    def code(self, value: object, pointer: str, expected: str = "an agency code") -> AgencyCode:
        """Return an agency code; an empty one where the value is a fault."""
        code = canonical_or_none(value) if isinstance(value, str) else None
        if code is None:
            self.wrong(pointer, value, expected)
        return code or AgencyCode("")

    def flag(self, value: object, pointer: str) -> bool:
        """Return true or false; false where the value is a fault."""
        if not isinstance(value, bool):
            self.wrong(pointer, value, "true or false")
        return value is True
