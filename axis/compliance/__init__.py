"""Statistics, targets, reports, reconciliation, checks of the store, and judging again."""
