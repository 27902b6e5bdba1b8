"""What an unknown file is: its characters, its records and what its columns show (spec/inspect.md 2 to 4)."""
