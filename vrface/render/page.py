"""A page that explains one run to somebody who has never heard of vrface: one file, no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template

RIVALS = {
    "neutral": "a face that never moves",
    "climatology": "the average face, whatever the sensors say",
    "copy_rule": "hidden shapes copied from visible ones by fixed rules",
    "ridge": "a linear model of the last frames",
    "ridge_user": "the same linear model, adapted to this wearer",
    "best": "the best of the rivals on the training wearers",
}
"""What each rival does, in words."""


@dataclass(frozen=True)
class Page:
    """What the page says.

    Attributes:
        headset: Name of the headset profile, with its summary.
        labels: What is real and what is simulated, for example ``("simulated face", ...)``.
        simulated: Whether nobody's face stands behind it.
        seconds: Length of the run.
        hidden: How many of the 54 shapes the headset cannot see.
        coverage: Share of the truth inside the 90 % band; None if it was not scored.
        columns: Heads of the table after the first column.
        rows: Name of a method, then one text a column; the model comes first.
        verdict: One honest sentence on who won.
        facts: What else was measured: pairs of name and value.
        picture: The timeline, PNG.
        video: The faces, WebM; None = nothing could draw them.
    """

    headset: str
    labels: Sequence[str]
    simulated: bool
    seconds: float
    hidden: int
    coverage: float | None
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    verdict: str
    facts: Sequence[tuple[str, str]]
    picture: bytes
    video: bytes | None


def page(content: Page) -> str:
    """The page as HTML; style and picture are inside."""
    return _PAGE.substitute(
        headset=escape(content.headset),
        labels="".join(f"<span class=label>{escape(label)}</span>" for label in content.labels),
        caveat=_CAVEAT if content.simulated else "",
        seconds=f"{content.seconds:.0f}",
        hidden=content.hidden,
        coverage=_coverage(content.coverage),
        table=_table(content),
        verdict=escape(content.verdict),
        facts="".join(
            f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in content.facts
        ),
        picture=b64encode(content.picture).decode("ascii"),
        video="" if content.video is None else _video(content.video),
    )


def _coverage(coverage: float | None) -> str:
    """Whether the band keeps its promise, in words; .87 to .93 is the house's aim."""
    if coverage is None:
        return "Here it could not be scored."
    percent, judged = round(100 * coverage), "as it should be"
    if percent < 87:
        judged = "so here it is too sure of itself"
    elif percent > 93:
        judged = "so here it shows more doubt than it needs"
    return f"Over all hidden shapes and scored frames it held <b>{percent}%</b>, {judged}."


def _video(video: bytes) -> str:
    return _VIDEO.substitute(video=b64encode(video).decode("ascii"))


def _table(content: Page) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in content.columns)
    lines = [f"<tr><th></th>{head}</tr>"]
    for place, (name, values) in enumerate(content.rows):
        words = "what this run inferred with" if place == 0 else RIVALS.get(name, "")
        what = f"<small>{escape(words)}</small>" if words else ""
        cells = "".join(f"<td>{escape(value)}</td>" for value in values)
        kind = ' class="model"' if place == 0 else ""
        title = escape(name.replace("_", " "))
        lines.append(f"<tr{kind}><th scope=row>{title}{what}</th>{cells}</tr>")
    return "\n".join(lines)


_CAVEAT = """<p>The model learned from wearers made by this same simulator: real faces are
harder.</p>
"""

_VIDEO = Template("""<h2>Three faces</h2>
<p>Left: what the face did. Middle: what the headset saw of it; grey is what it hides. Right: what
vrface made of that, as an avatar would show it.</p>
<video controls loop muted autoplay playsinline src="data:video/webm;base64,$video"></video>
""")

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>vrface: the face a headset hides</title>
<style>
:root { color-scheme: light dark; --ink: #16181d; --soft: #5c6370; --paper: #fcfcfb;
  --line: #dcdcd8; --card: #ffffff; --accent: #c8610a; --seen: #1f6fb5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e4; --soft: #a0a6b0; --paper: #16181d;
  --line: #33373f; --card: #1d2027; --accent: #f2a03d; --seen: #6fb2ea; } }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; }
h1 { font-size: 1.9rem; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
p, ul { max-width: 46rem; } li { margin: .35rem 0; } .soft, small { color: var(--soft); }
.label { display: inline-block; border: 1px solid var(--line); border-radius: 1rem;
  padding: .05rem .7rem; margin: 0 .4rem .3rem 0; font-size: .85rem; background: var(--card); }
.key { display: inline-block; width: 1.6rem; height: .55rem; margin-right: .5rem;
  vertical-align: middle; }
.truth { background: var(--ink); height: .15rem; }
.mean { background: var(--accent); height: .2rem; }
.band { background: var(--accent); opacity: .35; }
.seen { background: var(--seen); height: .15rem; }
img, video { width: 100%; height: auto; background: #fff; border: 1px solid var(--line);
  border-radius: .6rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; background: var(--card); font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .4rem .8rem; border-bottom: 1px solid var(--line);
  font-weight: normal; vertical-align: top; }
th[scope] { text-align: left; min-width: 15rem; } small { display: block; line-height: 1.3; }
tr:first-child th { color: var(--soft); font-size: .85rem; }
tr.model { color: var(--accent); } tr.model th, tr.model td { font-weight: 600; }
tr.model small { font-weight: normal; }
.verdict { border-left: .25rem solid var(--accent); padding: .2rem 0 .2rem .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>The face a headset hides</h1>
<p>A VR headset covers the upper face, so an avatar's brows and cheeks stay dead. vrface takes
what the headset can still sense, infers the rest for every frame, and says how sure it is. This
page shows one run of $seconds seconds, computed on this machine through a real gRPC server.</p>
<p>$labels</p>
$caveat<p class="soft">Headset: $headset. Of 54 face shapes it cannot see $hidden.</p>

$video
<h2>The same as curves</h2>
<ul>
<li><span class="key truth"></span><b>Thin line: the truth.</b> What the face really did. The
headset could not see it, and it was never given to the model.</li>
<li><span class="key mean"></span><b>Orange line: inferred.</b> What vrface made of the
headset's own sensors alone, frame by frame, never looking ahead.</li>
<li><span class="key band"></span><b>Orange band: its doubt.</b> Where vrface expects the truth
nine times in ten. A wide band means &ldquo;I cannot tell&rdquo;. $coverage</li>
<li><span class="key seen"></span><b>Panels at the bottom: what the headset saw</b>, or the
part of it that is easiest to read, with its delay, noise and drop-outs.</li>
</ul>
<p class="soft">0 is this person's resting face, 1 the strongest the shape can go. Left and
right are the wearer's. Shown are the hidden shapes that moved most, from every region of the
face, in the liveliest stretch of the run.</p>
<img alt="Timeline: six hidden face shapes, truth against inferred with its 90 percent band;
below them what the headset sensed" src="data:image/png;base64,$picture">

<h2>How good is it?</h2>
<p>Error of the whole prediction, doubt included (CRPS &times; 1000): <b>lower is better</b>, 0
is perfect. Each rival gets the same kind of doubt and is scored on the same frames. Skill is
the share of the error of a face that never moves that is removed while the face is active:
above 0 helps, below 0 harms. <i>In band</i> is the share of the truth inside the 90&nbsp;%
band.</p>
<div class="scroll"><table>
$table
</table></div>
<p class="verdict">$verdict</p>

<h2>The run</h2>
<dl>$facts</dl>
<p class="soft">All figures are in <code>summary.json</code> beside this page. One run on one
take says little about people in general.</p>
</body>
</html>
""")
