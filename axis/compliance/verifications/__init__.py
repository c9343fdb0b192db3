"""What verdicts would be under another policy or at another time: asked by auditors, kept apart."""
