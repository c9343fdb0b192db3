"""The directory of agencies, the tokens of callers, and who may speak for whom."""
