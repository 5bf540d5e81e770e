"""How text is compared: composed to NFC and trimmed; case counts."""

from __future__ import annotations

import unicodedata


def tidy(text: str) -> str:
    """Return the text as the language compares it."""
    return unicodedata.normalize("NFC", text).strip()
