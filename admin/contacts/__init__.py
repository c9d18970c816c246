"""People to call: reading contact files, importing them, and inventing them for a demo."""
