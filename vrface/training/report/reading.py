"""What the report's figures mean, for somebody who has not seen the code."""

from __future__ import annotations

READING = """\
A headset hides part of the face. A model is told what the headset's sensors say, frame by frame,
and infers the weight of every blendshape that is hidden: 0 = at rest, 1 = as far as it goes. It
does not say one number but a *law*: how likely each weight is. This page says how good those laws
are, beside simpler ways to make them (*rivals*) and beside what could be had (*ceilings*). Rivals
and ceilings get laws of the same family, and the same sensors.

**Evidence.** There are two kinds, and no table or average mixes them. *Real face, simulated
sensors*: faces that a phone recorded, with a simulated headset put on them. *Simulated face,
simulated sensors*: wearers drawn by a seed, none of whom anything was learned from. No figure
here is of a real headset. `mouth_only`, `openness_gaze_mouth` and `eyes_and_mouth` are tiers of
sensors, from few to more; `vive_pro_eye_lip` and `steam_frame` are headsets that are sold;
`audio_only` is a voice and a moving head, which no recorded face here has. Each hides other shapes,
so that errors through different headsets do not compare.

**Calibration** is what is known of the wearer. *none*: nothing. *unpaired*: what the sensors said
in the first seconds, as every wearer has it; this is the headline. *paired*: the true face of
those seconds too, as from a phone. These seconds, and the one after them, are scored in no
calibration, so that all three are scored on the same frames. A recording too short to lose them
is calibrated by another one of the same person, and scored whole.

### How to read the figures

- **CRPS** is the error of a law: the distance of what was said from what came, averaged over all
  that was held possible. It counts being wrong, and being surer or less sure than one may be. 0
  is perfect. It is written x 1000: 25 is an error of .025 on the scale from 0 to 1.
- **relative and raw**: the truth is counted from the person's resting face, unless it says *raw*:
  then the law is moved by the resting face that the calibration knows, and not knowing it costs.
- **hidden** is all that the headset hides but the direction of gaze; *lid*, *brow*, *cheek*,
  *nose* and *mouth* are its parts.
- **skill**: share of the neutral face's error that is saved. 1 is perfect, 0 is worth nothing,
  below 0 a face that never moves would have been better. *Active skill* counts only frames in
  which a hidden shape, blinks aside, is more than .2 off its rest. *Still excess* is the error
  beyond the neutral face's on all other frames: what it costs that the model moves a face that
  rests.
- **coverage**: share of the truth inside the law's 90 % interval. {low:.2f} to {high:.2f} is
  honest; below it, the model is surer than it may be.
- **R2, CCC**: how well the mean of the law follows the truth where a shape moves; 1 is perfect.
  **SD, velocity and jerk ratio**: how far, how fast and how abruptly the inferred face moves,
  divided by the same of the true one; 0 is a dead face, 1 is right, above it the face trembles.
  **Lag** includes the sensors' own delay.
- `-` is a figure that is not defined there, or a rival that cannot exist there.

### Who it is compared with

{rivals}
**B** is the best of the simple ones, {learned} left aside. It was chosen on {judging},
for each headset and calibration, never on who is scored here. It is the bar: a model that does not
beat B is not worth its weight. The simple ones listen to mouth, lids and gaze alone: through
`audio_only` B hears nothing, and to beat it is little. The GRU and the TCN hear what the model
hears and are told what it is told of the wearer, but for what a wearer's own truth teaches its last
layer. *In hindsight* another one may have been better; it is named beside
B, and is no bar, because nobody could have known.

**Ceilings**: *personal* (**C**) was fitted to the truth of other parts of the same take, which no
product has; *sees ahead* may look into the future as well; *label noise* is what the recorder's own
tremble costs. They exist where 45 s or more are scored.
"""

REAL = """\
The takes are full-face recordings of Live Link Face (ARKit) by alexdjulin, from
[LiveLinkFace-CSV-Retarget-For-Motionbuilder](https://github.com/alexdjulin/LiveLinkFace-CSV-Retarget-For-Motionbuilder),
MIT licence. `alex` and `talk` may be the same person, and two people say little of people: read
the takes one by one. Means over persons are geometric.
"""

REAL_LEARNED = """\
The model, B and every rival that learned from a population learned from synthetic wearers only.
"""

SIMULATED = """\
Each wearer performs {seconds:.0f} s and wears every headset once. Synthetic wearers make the
expressions that their simulation knows, and no others: a good figure here is a promise for real
faces only as far as the simulation is right. Intervals are over wearers (95 %, paired bootstrap);
one that does not hold 1 is beyond chance.
"""

SIMULATED_LEARNED = """\
For now they are drawn from the very family of wearers that the model and the rivals learned from,
with other seeds: nothing here is of a family that was held out.
"""

AIMS = """\
*Open*: not measured, or of fewer than {wearers} wearers. Where an aim names no calibration it is
{mode}; the 90 % interval is looked at both unpaired and paired.
"""
PERSONS = """\
The aim: for each person
no worse than B by 2 % (1.02), and 40 % of the way from B to C. `-`: C is not clearly below B, and
there is no way to go.
"""
ABLATION = """\
Gaze falls as lids close, so that it may tell of lids more than a gaze sensor honestly knows. Here
the same takes are inferred with gaze and with its stream taken away.
"""
MEASURED = """\
What the headset has a sensor for is shown as the sensor says it, with its noise and delay; no model
has a part in it. It stands apart from all other tables.
"""
GROUPS = "The same by part of the face."
AGREEMENT = """\
How well each part follows the truth, and what it saves while the face moves.
"""
CHANNELS = "The model, shape by shape; directions of gaze in italics. CCC only where a shape moves."
ACTIVITY = """\
A face that always rests has skill 0 and excess 0. A model is worth having where its active skill
is above 0 and its still excess stays near 0.
"""
COVERAGE = """\
Where the truth falls in the law (randomised where the law has a lump at 0 or 1). An honest law is
flat at 1; high ends are a law that is too sure, a hump in the middle one that is not sure enough.
In the table an honest law has .05, .90, .05.
"""
MOVEMENT = """\
Of the mean of the law, before the tremor of the sensors is taken out of what is shown (the lively
style's table has the shown face too). Only shapes that move are counted.
"""
EVENTS = """\
Blinks are measured where lids have a sensor; where they have none, they are guessed. F1: of
blinks found within 100 or 50 ms, 1 is all of them and no false one. *R2* is of the shown lids,
*of copying* of what their sensor said last. Brow raises *beyond the truth* are those that nobody
made. *windows / floor*: how far one-second windows of the shown face are from true ones (Frechet
distance), as a multiple of the distance between two halves of the truth; it means little below
45 s.
"""
LIVELY = """\
The expected style shows the mean of the law without the tremor of the sensors, the lively one a
seeded draw from it: what no sensor sees then moves as far and as fast as a face does, at times that
nobody knows. So it cannot agree with the truth better than the mean does, and its raises and blinks
are nearly all *beyond the truth*; what it should be is as lively: ratios of 1, as many events,
windows near the floor.
*In still frames*: raises a minute of frames in which the truth is at rest.
"""
RECOVERY = """\
Every sensor is silent for a second, again and again. *Came off in*: drops at whose end the face was
visibly elsewhere than it would have been; of these, *recovery* is how long it then takes to be
back, *overshoot* how far it swings past, as a share of how far it was off.
"""
MILLIMETRES = """\
What the errors do to a face of flesh: mean distance of vertices that hidden shapes move, on the
mesh of ICT-FaceKit (MIT).
"""
GAP = """\
0 % is as good as B, 100 % as good as a model of this very person (C); below 0 it is worse than B.
"""
STRETCHES = """\
Eight seconds of each take through `{headset}`, chosen by figures: the bad stretch is the one with
the highest error; the good one, of those that move, the one in which most error is saved against
the neutral face. Shapes are those that tell most of it: in the good stretch where most error is
saved, in the bad one where most is made.
"""
