"""Certificates with which documents were signed: whose, since when, how often, and how they end."""
