"""The relay between two hubs: it hands documents over with their signed bytes, and brings statuses back."""
