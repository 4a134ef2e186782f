"""Asks Azure, maps typed answers to rows, writes them in bulk. The only reader of Azure besides delivery."""
