"""What the house needs to keep itself in order; no part of the product."""
