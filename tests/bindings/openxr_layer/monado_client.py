"""An application on Monado, in a process of its own: prints a JSON line for every face it reads.

Arguments: how many faces of each tracker that differ from the last one to read.
"""

import json
import sys
import time

from tests.bindings.openxr_layer.conftest import ADDED
from tests.openxr.client import Client, xr
from tests.openxr.faces import Android, Face2, Facial

SECONDS = 60


def main() -> None:
    """Read until each tracker has shown as many faces."""
    wanted = int(sys.argv[1])
    with Client(*ADDED) as client:
        properties = client.system_properties(*(face2 := xr.SystemFaceTrackingProperties2FB(),))
        say("system", name=properties.system_name.decode())
        say("supports", visual=face2.supports_visual_face_tracking)
        trackers = {
            "fb2": Face2(client),
            "eyes": Facial(client, 1),
            "lips": Facial(client, 2),
            "android": Android(client),
        }
        counts = dict.fromkeys(trackers, 0)
        last: dict[str, list[float]] = {}
        end = time.perf_counter() + SECONDS
        while min(counts.values()) < wanted and time.perf_counter() < end:
            client.poll()
            for name, tracker in trackers.items():
                answer, now = tracker.read(), client.now()
                weights = answer.weights.tolist()
                if answer.valid and weights != last.get(name):
                    last[name] = weights
                    counts[name] += 1
                    say(name, weights=weights, age_ns=now - answer.time)
            time.sleep(0.002)
        say("ended", **{name: tracker.end().name for name, tracker in trackers.items()})


def say(what: str, **fields: object) -> None:
    print(json.dumps({"what": what} | fields), flush=True)


if __name__ == "__main__":
    main()
