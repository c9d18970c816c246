"""The business server: finds the action in the release, runs its SQL in one transaction, answers as the script says."""
