"""HTTP to other servers, for whatever the hub fetches: only from here does a request leave the hub."""
