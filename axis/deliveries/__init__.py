"""Deliveries of accepted documents: inbox, statuses, recalls, events, and queues of the old protocol."""
