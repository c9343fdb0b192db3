"""Backups of a store: one moment of its tables and large contents, in one signed file."""
