"""The limits of requests about deliveries: items of a page, seconds of a wait, statuses in one call.

The longest note is with the rules of statuses, `axis.protocol.statuses`.
"""

PAGE_ITEMS = 1_000
"""The most items of a page of the inbox or of events."""
MAX_WAIT_SECONDS = 60
"""The longest that a request may wait for something to arrive."""
STATUSES_AT_ONCE = 1_000
"""The most statuses in one call."""
DELIVERY_ID_CHARACTERS = 64
