"""The checks of each item, one file for each thing that is looked for."""
