"""The directory of agencies; tokens, sessions and systems of callers; and who may speak for whom."""
