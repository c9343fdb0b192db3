"""Statistics, targets and checks for inspections: signed-document rates, exchange figures, reconciliation."""
