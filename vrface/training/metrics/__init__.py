"""What a scored face is judged by, one family of figures a module, each with its formula.

Arrays are [frames, channels], frames evenly spaced. Truth is NaN where nothing is scored (a lost
row, a calibration second); a prediction is finite wherever truth is. What is undefined is None.

`arrays` what all are made of, `movement` how far off and how it moves, `laws` whether the spread
is right, `events` blinks and brow raises, `liveliness` whether it moves as faces do, `recovery`
after sensors come back, `geometry` in millimetres.
"""
