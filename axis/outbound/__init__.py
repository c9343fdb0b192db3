"""HTTP to other servers, for all that the hub fetches. No other room sends requests."""
