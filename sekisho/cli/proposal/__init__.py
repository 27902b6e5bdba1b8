"""Commands from a business's request to its fee."""
