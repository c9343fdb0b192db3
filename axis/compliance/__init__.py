"""Statistics and checks for inspections: signed-document rates, exchange figures, reconciliation."""
