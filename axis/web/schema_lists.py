"""Shows JSON Schemas as nested lists of members, for the reference of routes."""

from collections.abc import Mapping
from html import escape
from typing import Any

Node = Mapping[str, Any]

DEEPEST = 6
"""Levels shown; no answer of the hub is deeper, and a schema that holds itself ends here."""


def describe_schema(described: Node, schema: Node, depth: int = 0) -> str:
    """Return the members of a schema as HTML; nothing for one without members."""
    schema = resolved(described, schema)
    if schema.get("type") == "array":
        return describe_schema(described, schema.get("items", {}), depth)
    members = schema.get("properties", {})
    if not members or depth > DEEPEST:
        return ""
    required = schema.get("required", ())
    return (
        "<ul class='members'>"
        + "".join(
            f"<li><code>{escape(name)}</code> <i>{escape(type_of(described, member))}</i>"
            f"{'' if name in required else ' (may be left out)'} {escape(member.get('description', ''))}"
            f"{describe_schema(described, member, depth + 1)}</li>"
            for name, member in members.items()
        )
        + "</ul>"
    )


def type_of(described: Node, schema: Node) -> str:
    """Return the type of a schema in a few words."""
    schema = resolved(described, schema, keep_null=True)
    if "enum" in schema:
        return " | ".join("null" if value is None else str(value) for value in schema["enum"])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " or ".join(type_of(described, choice) for choice in choices)
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {type_of(described, schema.get('items', {}))}"
    if "format" in schema:
        return f"{kind} ({schema['format']})"
    return str(kind)


def resolved(described: Node, schema: Node, *, keep_null: bool = False) -> Node:
    """Return a schema with its reference followed, and without the alternative of being null."""
    while "$ref" in schema:
        _, _, path = schema["$ref"].partition("#/")
        found: Any = described
        for part in path.split("/"):
            found = found[part]
        schema = found
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) == 1 and not keep_null:
        return resolved(described, choices[0])
    return schema
