"""What is told, as its words alone."""


def words(text: str) -> str:
    """A text with every break and indent as one space."""
    return " ".join(text.split())
