"""`python -m sekisho` is the command `sekisho`; whoever stops it while it still loads gets a sentence, no traceback."""

import sys

INTERRUPTED = 130


def run() -> None:
    """Run one command; the language is not known before the imports, so the sentence is said in both."""
    try:
        from sekisho.cli.main import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("中断しました。 Interrupted.\n")
        raise SystemExit(INTERRUPTED) from None


if __name__ == "__main__":
    run()
