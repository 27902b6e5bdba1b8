"""How often a proposed schema is right, on tables whose schema is known."""
