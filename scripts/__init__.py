"""What developers run by `make`: checks, screenshots. Never imported by the product."""
