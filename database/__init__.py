"""The database: migrations in plain SQL, the one connection, and the encryption of numbers."""
