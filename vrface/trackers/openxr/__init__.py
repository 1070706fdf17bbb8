"""Tracker `openxr`: what an OpenXR runtime senses, read beside the game.

```
 Instance -> Offer -> headset profile        which runtime, what it says that it senses
 Connection -> Sense -> Perception -> samples     a headless session, asked anew each period
 OpenxrTracker                               all of that, made again whenever it breaks
```
Nothing here imports pyopenxr until `binding` is called.
"""
