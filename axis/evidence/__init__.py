"""What proves a document without us: its receipt, to be checked offline."""
