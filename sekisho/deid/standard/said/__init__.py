"""What released cells and names of columns say, read from how people in Japan write them (spec/standard.md 4.4, 5)."""
