"""What the lists can be narrowed by: parameters validated here, applied by `releases.queries`; one module per group."""
