"""What takes too long for `make test`; `make soak` runs it before an issue is closed. SOAK_MINUTES says how long."""
