"""The shell's doors, one module per command."""
