"""As everywhere here."""
