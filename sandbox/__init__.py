"""A small Azure for the demo, the tests and the benchmarks. Started as a process, imported by nobody else."""
