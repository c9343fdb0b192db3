"""Inbox, statuses, recalls and events: what happens to a document after it was accepted."""
