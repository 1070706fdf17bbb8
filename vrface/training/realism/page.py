"""`simulators_page`: how true the simulated wearer and their sensors are, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vrface.training.realism.behaviour import Alone, Apart
from vrface.training.realism.finding import Finding
from vrface.training.realism.published import REGIONS
from vrface.training.realism.words import plain, span, table, tally, verdict, with_words
from vrface.training.report.tables import listing
from vrface.training.words import listed, many, markdown_table, percent, spaced

PAGE, PLOTS = "simulators.md", "simulators"
BEHAVIOUR_PLOT, SENSORS_PLOT = "behaviour.png", "sensors.png"

_INTRODUCTION = """\
Paired recordings of real people are scarce, so a model learns from a **simulated wearer** first:
somebody who does not exist, drawn by a seed. Blinks, glances, speech, feelings, brow raises, posed
faces and rest follow one another, each as its own random process with figures from publications; a
head built by code gives the face a skin that moves; and simulated sensors feel that skin, hear that
voice and watch those eyes. What is learned from them is worth as much as they are true. This page
says how true that is, figure by figure.

**The rule against the inverse crime.** A simulated sensor is made from the very weights that are
then to be inferred, so that its accuracy is whatever noise one chooses. So no figure of the
simulation was chosen by a network's score, on simulated faces or on real ones. Photo-reflective
sensors and EMG were tuned until *simple* methods on them (a ridge, a discriminant) came out where
publications say that they do on real ones; an eye tracker's lids and pupils were fitted to logs of
twelve people; then all was frozen. Of trackers of shapes, strain gauges, gaze and lids that widen
or squint no row here judges: their noise is assumed, or taken from logs that are not compared.
Another noise and layout of each sensor, a *family* of its own, is kept out of training and met in
tests alone.

**What was added after a look at a model.** A network that had learned from calm eye trackers alone
was seen to tremble on white noise. Lids and gaze then got one more family to learn from, *raw*: as
much noise as the profile states, new in every sample. Its size was not chosen, but its kind was:
the sensors that real takes are scored under (evaluation sensors version 1) have white noise there
too, so that for real faces this kind of noise is no longer unseen. The held-out families are
others.

What the takes show of behaviour was known while the behaviour was built."""

_READING = """\
- **simulated** is the middle of the wearers, **over wearers** how they spread: of behaviour the
  median, and the 5th to the 95th percentile; of sensors the mean (of the eye tracker the median),
  and the least to the most. Of the microphone all wearers count together, and the spread is that
  over brow shapes. Eye tracker, microphone, head and inertial sensors: of the seeds named, those
  whose session is a conversation.
- **true to life**, of behaviour, goes from the least to the most of what the takes show and
  publications report; *who says so* gives each of these alone. A row is *inside* if the simulated
  figure is. That is necessary, and not sufficient: the takes are few and unlike each other (posed
  faces and conversation), so that the ranges are wide; and the middle of many wearers lies inside
  more easily than any one of them, or than a real take inside the range of the others. Where nobody
  published a figure there is no range, and the row is not counted.
- Of skin sensors and the microphone publications give one figure: the range is a band around it
  whose width is assumed. Where all of a range is assumed the row is told and not counted. Rows of
  photo-reflective sensors and EMG are those that these were tuned to, on other wearers: that they
  lie inside says that the tuning holds, and nothing more. Raises with a rise of F0 are to be read
  beside random instants, the row below; their range is a product of two published shares.
- Of the eye tracker that headset is simulated which the logs are of: it is never *raw*.
- Weights are relative to the person's rest: 0 = at rest, 1 = as far as it goes. *Filmed*, and
  wherever takes are named, every face was looked at as a phone films it, 30 times a second, the
  simulated ones too. Where publications stand alone, the simulated face was looked at 240 times a
  second.
- A recorder that ties the left to the right side of a face cannot tell how asymmetric people are.
  A simulated face with a lower correlation of its sides, or a wider gap, is not for that reason
  wrong; its row is listed as outside all the same."""

_WINDOWS = """\
A *window* is a second of motion of the hidden face and its blinks. The distance of the windows of
two faces (Frechet, of two Gaussians in the components of the first) is told as a multiple of the
distance between two halves of that first face itself: 1 is as alike as a face is to itself.
Whatever another *real* face scores is the yardstick: people differ, and a conversation is no series
of posed faces. No row here is a gate: the figure leaps by an order of magnitude with the split of
the take."""

_ALONE = """\
**One by one.** A median lies inside a wide range easily. So each face is also looked at alone: in
what share of the statistics of behaviour does it lie in the range of the real takes, one of them
left out, and of publications? If simulated wearers do so about as often as the take that was left
out, they are about as odd as people are."""

_HELD_OUT = """\
Each kind of sensor comes in families that differ in noise, layout or optics. The last one is worn
by no wearer that anything is trained on. Heads, latencies and what is lost on the way have no such
family: in tests they are drawn anew, by the same law as in training. The tables above are of the
families that are trained on."""


@dataclass(frozen=True)
class Facts:
    """What was measured, and on whom.

    Attributes:
        command: What makes the page again.
        machine: It was made on.
        wearers: How many were simulated.
        seed: Of the first.
        seconds: Each performed.
        takes: Names of the real takes.
        version: Of the simulation.
        families: By stream, the families of its sensor, the held-out one last.
        apart: By real take.
        alone: By real take.
        untold: Statistics that no take and no publication tells of.
        missing: By group, why it is not there.
        sensor_wearers: By title of a sensor, the seeds of those who wore it.
    """

    command: str
    machine: str
    wearers: int
    seed: int
    seconds: float
    takes: Sequence[str]
    version: int
    families: Mapping[str, Sequence[str]] = field(default_factory=dict)
    apart: Mapping[str, Apart] = field(default_factory=dict)
    alone: Mapping[str, Alone] = field(default_factory=dict)
    untold: Sequence[str] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    sensor_wearers: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def label(self, title: str = "") -> str:
        """What stands under a table or plot: of a sensor, or of behaviour."""
        seeds = self.sensor_wearers.get(title, range(self.seed, self.seed + self.wearers))
        return f"simulation version {self.version}; wearer seeds {seeds[0]} to {seeds[-1]}"


def simulators_page(groups: Mapping[str, Sequence[Finding]], facts: Facts) -> str:
    """The whole page, Markdown.

    Args:
        groups: By title: regions of the face (`published.REGIONS`), then sensors.
        facts: Of the measurement.
    """
    face = {title: found for title, found in groups.items() if title in REGIONS and found}
    sensors = {title: found for title, found in groups.items() if title not in REGIONS and found}
    parts = [
        "# How true is the simulated wearer?",
        "*Made by `make report`; nothing on this page was written by hand.*",
        _INTRODUCTION,
        "## How to read the tables",
        _READING,
        "## What was measured",
        _provenance(facts),
        "## The verdict",
        *_verdict(face, sensors, facts),
        "## Behaviour beside real people",
        *_group_tables(face, facts, f"{PLOTS}/{BEHAVIOUR_PLOT}", "Behaviour, region by region"),
        *_untold(facts),
        "## Windows of motion",
        *_windows(facts),
        "## Sensors beside published results",
        *_group_tables(sensors, facts, f"{PLOTS}/{SENSORS_PLOT}", "Sensors, one by one"),
        "## Families that are held out",
        *_held_out(facts),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _provenance(facts: Facts) -> str:
    last = facts.seed + facts.wearers - 1
    takes = listed([f"`{name}`" for name in facts.takes]) if facts.takes else "none were given"
    worn = [f"{title}: {seeds[0]} to {seeds[-1]}" for title, seeds in facts.sensor_wearers.items()]
    rows = [
        ("simulated wearers", f"{facts.wearers}, seeds {facts.seed} to {last}"),
        ("each performs", f"{facts.seconds:g} s"),
        ("wearers of sensors", f"seeds, {'; '.join(worn)}" if worn else "none"),
        ("version", f"simulation version {facts.version}"),
        ("real takes", f"{takes}: open Live Link Face recordings" if facts.takes else takes),
        ("machine", facts.machine),
        ("made by", f"`{facts.command}`"),
    ]
    return listing(rows)


def _verdict(
    face: Mapping[str, Sequence[Finding]], sensors: Mapping[str, Sequence[Finding]], facts: Facts
) -> Iterator[str]:
    rows = []
    for title, found in {**face, **sensors}.items():
        count, inside, outside = tally(found)
        rows.append((title, str(count), str(inside), "; ".join(outside) or "none"))
    for what, groups in (("of behaviour", face), ("of the sensors", sensors)):
        every = [one for found in groups.values() for one in found]
        count, inside, _ = tally(every)
        if count:
            share = f"{100 * inside / count:.0f} %"
            yield f"**{inside} of {count} figures {what} lie inside** ({share})."
    yield with_words(("", "figures", "inside", "outside"), rows)
    yield f"*Simulation version {facts.version}; wearer seeds as under each table.*"
    for title, why in facts.missing.items():
        yield f"Not filled: {title}: {why}."
    if facts.alone:
        yield _ALONE
        heads = ("left out", "the take itself", "simulated wearers, median")
        shares = ((name, one.take, one.simulated) for name, one in facts.alone.items())
        yield markdown_table(
            heads, [(f"`{name}`", percent(own), percent(other)) for name, own, other in shares]
        )


def _group_tables(
    groups: Mapping[str, Sequence[Finding]], facts: Facts, plot: str, words: str
) -> Iterator[str]:
    if not groups:
        yield "Not filled: nothing of it was measured."
        return
    yield f"![{words}: what is true to life, and the simulated wearers on it]({plot})"
    yield f"*Simulation version {facts.version}; wearer seeds as under each table.*"
    for title, found in groups.items():
        yield f"### {title}"
        yield verdict(found)
        yield table(found)
        yield _caption(facts, title)


def _untold(facts: Facts) -> Iterator[str]:
    if facts.untold:
        yield f"No take and no publication gives a range of: {'; '.join(facts.untold)}."


def _windows(facts: Facts) -> Iterator[str]:
    if not facts.apart:
        yield "Not filled: it takes real takes of half a minute and more."
        return
    yield _WINDOWS
    heads = ("beside", "simulated wearers, median", "least to most", "other real takes")
    yield markdown_table(heads, (_apart(name, one) for name, one in facts.apart.items()))
    yield _caption(facts)
    near = [name for name, one in facts.apart.items() if one.real and one.median <= max(one.real)]
    yield (
        f"The middle one of the simulated wearers is no further away than the furthest real take "
        f"for {len(near)} of {many(len(facts.apart), 'take')}."
    )


def _apart(name: str, one: Apart) -> tuple[str, ...]:
    other = span(min(one.real), max(one.real)) if one.real else "-"
    return name, plain(one.median), span(min(one.simulated), max(one.simulated)), other


def _held_out(facts: Facts) -> Iterator[str]:
    if not facts.families:
        yield "Not filled: no sensor with families was measured."
        return
    yield _HELD_OUT
    rows = (
        (spaced(stream), listed([spaced(name) for name in names[:-1]]), spaced(names[-1]))
        for stream, names in sorted(facts.families.items())
    )
    yield with_words(("sensor", "trained on", "held out"), rows)
    yield f"*Simulation version {facts.version}.*"


def _caption(facts: Facts, title: str = "") -> str:
    label = facts.label(title)
    return f"*{label[0].upper()}{label[1:]}.*"
