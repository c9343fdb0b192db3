"""Audits a hub from outside, over HTTP, with an auditor's token."""
