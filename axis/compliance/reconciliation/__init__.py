"""Counters compared with what they are made from: at once for `axis reconcile`, or as a job in parts."""
