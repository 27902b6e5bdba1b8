"""A business's request, weighed on whatever table one has."""
