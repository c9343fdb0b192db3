"""What alerts are raised for: certificates, revocation data, the ledger, agencies, jobs, room and clocks."""
