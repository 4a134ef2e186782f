"""Which addresses Slipway may call or link to. Standard library only."""
