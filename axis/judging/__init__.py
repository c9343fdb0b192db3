"""From signatures and trust to a verdict: the judge, its workers, remembered paths, signed attachments."""
