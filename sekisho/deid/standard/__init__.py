"""The gate: the five items of the standard as five verdicts, each with what was looked for, found, done and decided."""
