"""The one-machine cloud: everything that AWS is in production, on loopback."""
