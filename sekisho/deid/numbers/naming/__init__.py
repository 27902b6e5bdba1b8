"""How names of persons are written: frequent ones, and one spelling for kana and romaji (spec/numbers.md 8)."""
