"""The nouns of the API, one module per group. Reads only; what changes anything goes through `releases.actions`."""
