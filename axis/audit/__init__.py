"""A hub checked from outside, over HTTP, with an auditor's token. Of the hub it imports the language."""
