"""Pages of the documentation site that are made from the tables: headsets, schemes, messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from vrface.face.scheme_table import Term, text_of
from vrface.face.schemes import SCHEMES, Scheme, scheme
from vrface.sensors.headset import SHIPPED, HeadsetProfile, headset
from vrface.sensors.stream import Stream

ROOT = Path(__file__).resolve().parent.parent


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the decisions, their index first."""
    folder = ROOT / "docs" / "decisions"
    pages = sorted(folder.glob("*.md"), key=lambda page: (page.name != "README.md", page.name))
    (place,) = (entry for entry in config.nav or [] if "Decisions" in entry)
    place["Decisions"] = [f"decisions/{page.name}" for page in pages]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here."""
    pages: dict[str, Callable[[], str]] = {
        "headsets.md": headsets_page,
        "messages.md": messages_page,
        "schemes.md": schemes_page,
    }
    for name, page in pages.items():
        files.append(File.generated(config, name, content=page()))
    return files


def messages_page() -> str:
    """Every message, as the .proto files have them."""
    parts = [
        "# Messages",
        "The files of `proto/vrface/v1`, whole. [The wire](wire.md) says how they go together.",
    ]
    for path in sorted((ROOT / "proto" / "vrface" / "v1").glob("*.proto")):
        parts += [f"## {path.name}", f"```proto\n{path.read_text('utf-8').strip()}\n```"]
    return "\n\n".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in r) + " |" for r in lines
    )


def code(names: Iterable[str]) -> str:
    """Names in code font, or a dash."""
    return ", ".join(f"`{name}`" for name in names) or "-"


def headsets_page() -> str:
    """What each shipped headset senses, hides and assumes."""
    profiles = [headset(name) for name in SHIPPED]
    overview = table(
        ("headset", "measures", "copies", "extras", "hides", "what it is"),
        [
            (
                f"[`{p.name}`](#{p.name})",
                str(len(p.measures)),
                str(len(p.copies)),
                str(len(p.extras)),
                str(len(p.occludes)),
                p.summary,
            )
            for p in profiles
        ],
    )
    return "\n\n".join(
        [
            "# Headsets",
            "What ships, from `vrface/sensors/headsets`. A figure names its source or says that it "
            "is *assumed*; `vrface info HEADSET` tells the same and which inputs of the model are "
            "missing. [Add your own](new-headset.md) with one file.",
            overview,
            *map(headset_section, profiles),
        ]
    )


def headset_section(profile: HeadsetProfile) -> str:
    """One headset."""
    shapes = [
        ("measures", code(profile.measures)),
        ("of them copies", code(profile.copies)),
        ("extras", code(profile.extras)),
        ("hides", code(profile.occludes)),
        ("scheme", f"[`{profile.scheme}`](schemes.md#{profile.scheme})" if profile.scheme else "-"),
        ("after", profile.source),
    ]
    streams = [row for stream in profile.streams for row in stream_rows(stream)]
    return "\n\n".join(
        [
            f"## {profile.name} {{#{profile.name}}}",
            f"{profile.summary}. Version {profile.version}.",
            table(("", ""), shapes),
            table(("stream", "figure", "value", "source"), streams),
        ]
    )


def stream_rows(stream: Stream) -> Iterable[tuple[str, str, str, str]]:
    """Each figure of a stream with where it comes from."""
    first = f"`{stream.name}`"
    for figure in stream.figures():
        if figure.citation:
            cited = f"*{figure.citation}*" if figure.assumed else figure.citation
            yield first, figure.name, figure.value, cited
            first = ""


def schemes_page() -> str:
    """The fate of each shape of each standard."""
    schemes = [scheme(name) for name in SCHEMES]
    overview = table(
        ("scheme", "shapes", "of the 54", "extras", "lost", "what it is"),
        [
            (
                f"[`{s.name}`](#{s.name})",
                str(len(s.shapes)),
                str(len(s.measured) + len(s.copied)),
                str(len(s.extras)),
                str(len(s.lost)),
                s.summary,
            )
            for s in schemes
        ],
    )
    return "\n\n".join(
        [
            "# Schemes",
            "Other standards' blendshape lists, from `vrface/face/tables`. Each shape has a fate "
            "when it is read: *measured* (one canonical shape, one to one), *merged* (one of "
            "several that make a canonical shape; an extra may keep it whole), *copied* (one value "
            "for several shapes), *extra* (kept under its own name), *lost*. It is written by the "
            "first of its ways whose shapes are all there. `vrface map A --to B` shows what a face "
            "of one is in another.",
            overview,
            *map(scheme_section, schemes),
        ]
    )


def scheme_section(shown: Scheme) -> str:
    """One scheme."""
    others = {extra for name in SCHEMES if name != shown.name for extra in scheme(name).extras}
    losses = {
        "of the 54 it lacks": shown.lacks,
        "of the 54 it copies": shown.copied,
        "lost when read": shown.lost,
        "never written": shown.unwritten,
        "extras that no other scheme fills": [name for name in shown.extras if name not in others],
    }
    rows = [
        (
            f"`{row.shape}`",
            str(row.fate),
            said(row.into),
            " or ".join(said(way) for way in row.ways) or "-",
            row.note,
        )
        for row in shown.rows
    ]
    return "\n\n".join(
        [
            f"## {shown.name} {{#{shown.name}}}",
            f"{shown.summary}.",
            "\n".join(f"- {what}: {code(names)}" for what, names in losses.items() if names)
            or "Nothing is lost.",
            table(("shape", "fate", "goes into", "is written from", ""), rows),
        ]
    )


def said(terms: Iterable[Term]) -> str:
    """A sum of terms in code font, or a dash."""
    text = text_of(terms)
    return f"`{text}`" if text else "-"
