"""Test powers on a second listener: provisioning, certificates, the clock and reset."""
