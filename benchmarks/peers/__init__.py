"""Other exchanges of documents, measured beside the hub: each runs in an environment of its own."""
