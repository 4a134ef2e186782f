"""The only code that talks to Azure. Used by sync and delivery; imports no models."""
