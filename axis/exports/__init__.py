"""Exports: selections as files, made by jobs, each with a signed manifest."""
