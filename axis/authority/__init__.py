"""The hub's own certificate authority: certificates, revocation lists, OCSP answers and time-stamps."""
