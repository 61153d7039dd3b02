"""What went wrong, in one sentence the person at the terminal can act on?"""

from pilotharbor.launcher.words import say


class Trouble(Exception):
    """Something outside the program is wrong; its text is one sentence with the remedy."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(say(key, **facts))
        self.key = key
        self.facts = facts
