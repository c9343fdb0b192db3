"""Long work with progress, done once whatever the number of processes; and what one process alone does."""
