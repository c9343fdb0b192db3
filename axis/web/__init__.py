"""Pages for people: they show what the other rooms hold, and work without scripts."""
