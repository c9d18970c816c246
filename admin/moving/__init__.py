"""Moving a campaign from one cell to another: its rows, then who serves it."""
