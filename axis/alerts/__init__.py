"""Alerts: what an operator should look at, raised once and cleared once, with their history."""
