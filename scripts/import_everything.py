"""Imports every top-level module installed in this environment, each by itself, or fails."""

import importlib.metadata
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def failure(name: str) -> str | None:
    """Returns the last line of the error that importing `name` raises, or None."""
    done = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, text=True)
    return (done.stderr.strip().splitlines() or ["died"])[-1] if done.returncode else None


def main() -> int:
    """Returns 0 if every module came in, else 1."""
    providers = importlib.metadata.packages_distributions()
    names = sorted(n for n in providers if n.isidentifier() and not n.startswith("_"))
    with ThreadPoolExecutor(2) as pool:
        failures = {n: f for n, f in zip(names, pool.map(failure, names), strict=True) if f}
    for name, reason in failures.items():
        print(f"{name} (of {', '.join(providers[name])}): {reason}", file=sys.stderr)
    print(f"imported {len(names) - len(failures)} of {len(names)} top-level modules")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
