"""Pages draw and report; what they show and what becomes of a key is decided elsewhere."""
