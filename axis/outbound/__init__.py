"""HTTP to other servers, for what the hub fetches."""
