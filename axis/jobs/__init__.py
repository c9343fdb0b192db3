"""Jobs: long work with progress, and leases on what one process at a time does."""
