"""Moves inline schemas of the OpenAPI description into components, each of them once.

Client generators make a class of each inline schema, so that the problem would become a class for each
answer. The described API does not change.
"""

from collections.abc import Mapping
from typing import Any

Node = dict[str, Any]

_REFERENCE = "#/components/schemas/"
_DEFINITION = "#/$defs/"
_NOT_FOR_GENERATORS = ("$schema", "$defs", "allOf", "title")


def hoist(described: Node) -> None:
    """Move what has a `title` out of bodies and answers into `components/schemas`, in place.

    That is every object with members and every enumeration. Parameters stay as they are.

    Raises:
        ValueError: when two different schemas have one title; the second would be lost.

    """
    schemas: Node = described.setdefault("components", {}).setdefault("schemas", {})
    described["paths"] = _hoisted(described["paths"], schemas)


def add_schema(described: Node, schema: Mapping[str, Any]) -> None:
    """Add a JSON Schema with definitions of its own, in a form that generators read; in place.

    Rules by `allOf` (what a member must be because of another) are left out: generators stop at them. A
    definition becomes a component named after the schema: `code` of `Manifest` is `ManifestCode`.
    """
    schemas: Node = described.setdefault("components", {}).setdefault("schemas", {})
    title = str(schema["title"])
    schemas[title] = _generated(schema, title)
    for name, definition in schema.get("$defs", {}).items():
        schemas[title + name.capitalize()] = _generated(definition, title)


def _hoisted(node: Any, schemas: Node) -> Any:
    if isinstance(node, list):
        return [_hoisted(each, schemas) for each in node]
    if not isinstance(node, dict):
        return node
    found = {
        name: value if name == "parameters" else _hoisted(value, schemas) for name, value in node.items()
    }
    title = found.get("title")
    if not isinstance(title, str) or not ("properties" in found or "enum" in found):
        return found
    if schemas.setdefault(title, found) != found:
        message = f"two schemas are called {title}"
        raise ValueError(message)
    return {"$ref": _REFERENCE + title}


def _generated(node: Any, title: str) -> Any:
    if isinstance(node, list):
        return [_generated(each, title) for each in node]
    if not isinstance(node, Mapping):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith(_DEFINITION):
        return {"$ref": _REFERENCE + title + reference.removeprefix(_DEFINITION).capitalize()}
    return {name: _generated(each, title) for name, each in node.items() if name not in _NOT_FOR_GENERATORS}
