"""Masking of free text in Japanese: what names a person or a place is replaced by a tag (spec/free-text.md)."""
