"""Numbers that name a person by law: what they are, how they are recognised, and where they stand in a table."""
