"""JSON over HTTP: how routes answer with it, and how they describe a JSON body.

Bodies are read by `axis.protocol.request_bodies`. Refusals are answered by `axis.problems`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import orjson
from fastapi import Response

from axis.protocol.request_bodies import JSON

Found = TypeVar("Found")


def answer_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a value of JSON's types."""
    return Response(orjson.dumps(value), status, headers, JSON)


def page_members(
    found: Sequence[Found],
    limit: int,
    item: Callable[[Found], dict[str, Any]],
    cursor: Callable[[Found], str],
) -> dict[str, Any]:
    """Return the members of a page: `items`, `limit` at most, and `next`, null at the end of the list.

    `found` was read with one row more than `limit`, which tells whether there is a next page. `cursor` names
    the last row of this page for a client, who sends it back as `after`.
    """
    shown = found[:limit]
    following = cursor(shown[-1]) if len(found) > limit else None
    return {"items": [item(one) for one in shown], "next": following}


def describe_body(schema: Mapping[str, Any], example: object = None) -> dict[str, Any]:
    """Return the `openapi_extra` of a route that reads its JSON itself: the body's schema, and an example."""
    shown = {} if example is None else {"example": example}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": dict(schema), **shown}}}}
