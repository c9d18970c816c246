"""What every function needs of the place that hosts it: settings, secrets, the script bucket, logs, HTTP answers."""
