"""Intake of documents, from request to receipt: the steps of docs/flow.md."""
