"""How rows look in JSON, one module per group. Read-only: nothing is ever written through them."""
