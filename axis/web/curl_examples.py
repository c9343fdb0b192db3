"""An example of each route as a `curl` command, made from its description; `$AXIS` is the hub's address."""

import json
from collections.abc import Mapping
from typing import Any

from axis.web.schema_lists import resolved

Node = Mapping[str, Any]

_VALUES: Mapping[str, str] = {
    "document": "$DOCUMENT",
    "delivery": "$DELIVERY",
    "code": "H24",
    "n": "0",
    "sha256": "$SHA256",
    "sender": "H24",
    "recipient": "G22",
    "agency": "H24",
    "from": "2019-06-01",
    "to": "2019-06-30",
    "q": "hà nam",
    "limit": "100",
    "wait": "30",
    "by": "agency,month",
}
"""The values of parameters with these names. A parameter's own example goes before."""

_SHOWN_IN_QUERY = ("q", "from", "to", "by", "wait", "limit")
"""Query parameters worth showing, three at most; all of them are in the table above the example."""


def curl_example(described: Node, path: str, method: str, operation: Node, *, authenticated: bool) -> str:
    """Return a command that calls the route; `described` holds what its schemas refer to."""
    parameters = operation.get("parameters", ())
    for parameter in parameters:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", _value(parameter))
    path = path.replace(":path}", "}")
    by_name = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
    shown = [name for name in _SHOWN_IN_QUERY if name in by_name][:3]
    required = [name for name, parameter in by_name.items() if parameter.get("required")]
    names = [*required, *(name for name in shown if name not in required)]
    lines = ["curl"]
    if method != "get":
        lines[0] += f" -X {method.upper()}"
    if authenticated:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if method == "get" and names:
        lines[0] += " -G"
        lines.extend(f'--data-urlencode "{name}={_value(by_name[name])}"' for name in names)
    lines.extend(_body(described, operation.get("requestBody")))
    lines.append(f'"$AXIS{path}"')
    return " \\\n  ".join(lines)


def _value(parameter: Node) -> str:
    examples = parameter.get("schema", {}).get("examples") or parameter.get("examples")
    if isinstance(examples, list) and examples:
        return str(examples[0])
    return _VALUES.get(parameter["name"], f"${parameter['name'].upper()}")


def _body(described: Node, body: Node | None) -> list[str]:
    if body is None:
        return []
    kind, content = next(iter(body["content"].items()))
    schema = resolved(described, content.get("schema", {}))
    if kind == "multipart/form-data":
        return [f"-F {name}=@{name}" for name in schema["properties"]]
    example = content.get("example") or schema.get("example")
    if isinstance(example, dict | list):
        return [f'-H "Content-Type: {kind}"', f"-d '{json.dumps(example, ensure_ascii=False)}'"]
    return [f'-H "Content-Type: {kind}"', "--data-binary @body"]
