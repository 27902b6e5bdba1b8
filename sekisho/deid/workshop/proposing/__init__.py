"""A schema proposed for a file that nobody described: types and roles from what its columns show (spec/inspect.md)."""
