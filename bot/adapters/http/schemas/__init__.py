"""What comes in and goes out, as OpenAPI shows it. The values are the domain's; nothing is decided here."""
