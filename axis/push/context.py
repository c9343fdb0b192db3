"""The parts of pushing, built once: what routes ask for, and what does the work."""

from collections.abc import Callable
from dataclasses import dataclass

from axis.agencies.directory import Directory
from axis.database import Database
from axis.database.store_facts import SANDBOX, get_fact
from axis.outbound.webhook_posts import Allowed, WebhookPosts
from axis.push.pusher import Pusher
from axis.push.webhook_work import WorkParts
from axis.push.webhooks import Bounds, OpenSecret
from axis.settings import Settings


@dataclass(frozen=True, slots=True)
class PushContext:
    """What routes about webhooks need besides the store, and what pushes."""

    directory: Directory
    posts: WebhookPosts
    open_secret: OpenSecret
    bounds: Bounds
    public_url: str
    pusher: Pusher


def webhook_posts(database: Database, settings: Settings) -> WebhookPosts:
    """Return what posts where the settings allow; in a sandbox to its own machine as well."""
    with database.read() as tx:
        in_sandbox = get_fact(tx, SANDBOX) is not None
    hosts, private = settings.webhook_hosts or (), settings.webhook_private_hosts or ()
    return WebhookPosts(Allowed(frozenset(hosts), frozenset(private), loopback=in_sandbox))


def build_push(
    parts: WorkParts,
    directory: Directory,
    settings: Settings,
    open_secret: OpenSecret,
    is_mine: Callable[[], bool],
) -> PushContext:
    """Build the parts. `is_mine` tells whether this process is the one that pushes."""
    return PushContext(
        directory,
        parts.posts,
        open_secret,
        Bounds(settings.webhooks, settings.webhooks_per_agency),
        settings.public_url,
        Pusher(parts, directory, open_secret, is_mine),
    )
