"""How does a text that a spreadsheet would execute leave the house, and come back as it was?"""

# The full-width twins are here because some spreadsheets take them for the sign itself.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _dangerous(text: str) -> bool:
    """Whether it is a formula, or a formula behind apostrophes somebody really wrote."""
    return text.lstrip("'").startswith(FORMULA_STARTS)


def guarded(text: str) -> str:
    """A text that would be taken for a formula gets one apostrophe; the rest stays."""
    return f"'{text}" if _dangerous(text) else text


def bare(text: str) -> str:
    """What was guarded: one apostrophe before a formula goes again."""
    return text[1:] if text.startswith("'") and _dangerous(text) else text
