"""What must hold for the house as a whole, whoever changes what."""
