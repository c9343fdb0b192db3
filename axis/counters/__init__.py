"""The numbers kept in the accepting transaction, from which every statistic is read."""
