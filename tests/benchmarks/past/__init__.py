"""A long past for the benchmark's own database: many releases with all that hangs on them, made in bulk.

The same number and seed give the same rows. `python -m tests.benchmarks.past N` fills DATABASE_URL; `filling.fill` too.
"""
