"""What is printed: PDF set by typst with the machine's own fonts."""
