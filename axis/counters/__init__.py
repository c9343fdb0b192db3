"""The counters from which statistics are read, changed in the transaction that accepts a document."""
