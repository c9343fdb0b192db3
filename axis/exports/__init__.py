"""Selections as files, made by jobs: complete or refused, each with a signed manifest."""
