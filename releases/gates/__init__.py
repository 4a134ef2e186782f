"""Evaluates the checks that guard a stage. Empty until gating is built."""
