"""`python -m sekisho` is the command `sekisho`."""

from sekisho.cli.main import main

main()
