"""Reads tables out of a page."""

import re


def rows_of(text):
    """The rows of all tables of a Markdown text, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def tables_of(text):
    """The tables of a page, as text."""
    return [part for part in re.split(r"\n\n", text) if part.startswith("|")]
