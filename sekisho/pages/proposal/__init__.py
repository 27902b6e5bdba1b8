"""What people read of a request: the answer as text and page, and the fee."""
