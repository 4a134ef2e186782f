"""The recorded real release, held against what Slipway shows of it."""
