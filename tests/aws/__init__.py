"""What only a real account can show of RDS Proxy, by hand: `python -m tests.aws --help`."""
