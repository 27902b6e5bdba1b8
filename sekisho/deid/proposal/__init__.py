"""From a business's request to an answer: what of it can pass on the real table, what would help, and what it costs."""
