"""Text in NFC without harm to ideographic variation sequences (spec/disarm.md 3.8)."""

import re
import unicodedata

# NFC makes a plain kanji of a compatibility ideograph; with a variation selector behind it, another character.
_CHOSEN = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f][\ufe00-\ufe0f\U000e0100-\U000e01ef])")


def compose(text: str) -> str:
    """Give back `text` in NFC, but for compatibility ideographs with a variation selector, which stay as they are."""
    if not _CHOSEN.search(text):
        return unicodedata.normalize("NFC", text)
    parts = _CHOSEN.split(text)
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return "".join(parts)
