"""The sandbox: test powers on a second listener (provisioning, certificates, the clock, reset)."""
