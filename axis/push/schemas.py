"""Shapes of requests and answers about webhooks."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from axis.deliveries.cursors import PATTERN
from axis.push.messages import ALERT, KINDS

NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
WebhookName = Annotated[
    str, Path(pattern=NAME, description="The webhook's name: small letters, digits, hyphens.")
]

WEBHOOK_MEMBERS = ("url", "kinds", "agency")
REPLAY_MEMBERS = ("event", "after", "until", "failures")

WEBHOOK_BODY: dict[str, Any] = {
    "title": "WebhookEntry",
    "type": "object",
    "additionalProperties": False,
    "required": ["url"],
    "properties": {
        "url": {"type": "string", "maxLength": 1_024, "description": "Where to post, at an allowed host."},
        "kinds": {
            "type": "array",
            "items": {"enum": [*KINDS, ALERT]},
            "minItems": 1,
            "uniqueItems": True,
            "description": "What to be told; without it everything. Operators: `alert` alone.",
        },
        "agency": {
            "type": ["string", "null"],
            "description": "The one agency it is about; without it all for which the token speaks.",
        },
    },
}
EXAMPLE = {"url": "https://vanban.example.vn/axis", "kinds": ["delivery", "status"]}
REPLAY_BODY: dict[str, Any] = {
    "title": "WebhookReplay",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "event": {"type": "string", "description": "One message: the `id` of its failure."},
        "after": {"type": "string", "description": "The place before the first; without it the beginning."},
        "until": {"type": "string", "description": "The place of the last; without it the newest."},
        "failures": {"type": "boolean", "description": "Only what was set aside."},
    },
}


class WebhooksQuery(BaseModel):
    """Which webhooks are listed."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,63}$", description="`next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100


class FailuresQuery(BaseModel):
    """Which messages that were set aside are listed."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(pattern=PATTERN, description="`next` of the page before.")] = "0"
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100


class WebhookAnswer(BaseModel):
    """A webhook, and how it fares."""

    name: str
    url: str
    kinds: list[str]
    agency: str | None
    created_at: str
    state: str = Field(
        description="`active`; `failing`: it is tried again; `stopped`: its maker's token or its agency is "
        "locked or gone; `gone`: its receiver answered 410."
    )
    place: str = Field(description="Up to where it was told.")
    attempts: int = Field(description="Failed attempts since the last success.")
    next_attempt_at: str | None
    last_answer: str | None
    last_success_at: str | None
    replays: int = Field(description="Replays that have not ended.")
    failures: int = Field(description="Messages that were set aside.")
    old_secret_until: str | None = Field(description="Until when the secret before signs as well.")
    secret: str | None = Field(None, description="Of a new webhook alone: it is shown once.")


class WebhookList(BaseModel):
    """A page of webhooks, by name."""

    items: list[WebhookAnswer]
    next: str | None


class NewSecret(BaseModel):
    """A new secret."""

    secret: str = Field(description="It is shown once.")
    old_secret_until: str = Field(description="Until when the secret before signs as well.")


class Failure(BaseModel):
    """A message that was set aside."""

    id: str = Field(description="For a replay.")
    kind: str
    document: str | None
    set_aside_at: str
    answer: str | None


class FailureList(BaseModel):
    """A page of them, in the ledger's order."""

    items: list[Failure]
    next: str | None


class TestAnswer(BaseModel):
    """What the receiver answered."""

    status: int | None = Field(description="Null where there was no answer.")
    problem: str | None
    milliseconds: int
