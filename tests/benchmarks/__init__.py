"""The speed goals of Slipway as ratios, both sides measured in one run. Called by `make bench`; never a timed test."""
