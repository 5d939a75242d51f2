"""What every model behind an HTTP API needs, whatever its protocol: connections, retries, limits, faults, secrets."""
