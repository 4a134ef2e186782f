"""The wire of the sandbox: server, routing, location discovery, faults and counters. Knows no release and no model."""
