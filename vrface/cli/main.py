"""`vrface`: the verbs, and what their failures look like.

Exit codes: 0 ok, 1 failed, 2 bad use, 3 refused, 130 interrupted. A failure is one line on stderr
that says what went wrong and what to do; a traceback is shown only with ``VRFACE_DEBUG=1``.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import Annotated

import typer

from vrface.cli.bench import bench
from vrface.cli.calibrate import calibrate
from vrface.cli.demo import demo
from vrface.cli.doctor import doctor
from vrface.cli.evaluate import evaluate
from vrface.cli.export import export
from vrface.cli.import_log import import_log
from vrface.cli.info import info
from vrface.cli.map import map_schemes
from vrface.cli.openxr import openxr
from vrface.cli.record import record
from vrface.cli.render import render
from vrface.cli.replay import replay
from vrface.cli.serve import serve
from vrface.cli.simulate import simulate
from vrface.cli.train import train
from vrface.cli.watch import watch
from vrface.errors import VrfaceError

app = typer.Typer(name="vrface", add_completion=False, rich_markup_mode=None)

VERBS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "serve": serve,
    "watch": watch,
    "record": record,
    "replay": replay,
    "render": render,
    "import": import_log,
    "simulate": simulate,
    "train": train,
    "evaluate": evaluate,
    "calibrate": calibrate,
    "export": export,
    "openxr": openxr,
    "map": map_schemes,
    "info": info,
    "doctor": doctor,
    "bench": bench,
}
"""Every verb, in the order of ``vrface --help``."""

for name, verb in VERBS.items():
    app.command(name)(verb)


@app.callback(invoke_without_command=True)
def _vrface(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Infers the face a VR headset hides, says how sure it is, and hands it to game engines."""
    if version:
        import vrface

        print(f"vrface {vrface.__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.

    Args:
        arguments: What follows ``vrface``; None = what this process was started with.

    Returns:
        The exit code.
    """
    # gRPC's core writes lines of its own to stderr; ours say what went wrong.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    if isinstance(sys.stdout, TextIOWrapper):  # the name of a file may be no text
        sys.stdout.reconfigure(errors="backslashreplace")
    command = typer.main.get_command(app)
    try:
        code = command.main(args=arguments, prog_name="vrface", standalone_mode=False)
        sys.stdout.flush()
    except VrfaceError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        return _fail(f"{message}. {_help_advice(error)}", error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        return _quiet_stdout()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}.", 1)
    except Exception as error:
        return _fail(
            f"{type(error).__name__}: {error}. This is a fault of vrface; "
            "run with VRFACE_DEBUG=1 for the traceback.",
            1,
        )
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int) -> int:
    if os.environ.get("VRFACE_DEBUG") == "1":
        traceback.print_exc()
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    return code


def _help_advice(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "vrface"
    return f"See `{path} --help`."


def _quiet_stdout() -> int:
    """Whoever read our output went away: nothing to say, and nothing to flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


if __name__ == "__main__":
    sys.exit(main())
