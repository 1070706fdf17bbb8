"""`vrface openxr`: shows games the face, by an API layer that their OpenXR loader takes in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.errors import BadUse, ServerError, UnknownName, VrfaceError

if TYPE_CHECKING:
    from vrface.cli.layer_manifests import Installed, Place

ACTIONS = ("install", "status", "remove")
"""What can be done."""

LAYER = "XR_APILAYER_VRFACE_face"
"""What the layer calls itself: for who enables it by its name."""

OFF = "VRFACE_OPENXR_LAYER"
"""Where this variable is set, no loader takes the layer in."""


def openxr(
    action: Annotated[str, typer.Argument(help="install, status or remove.")],
    for_app: Annotated[
        str | None,
        typer.Option(help="For this application alone: a name of your choice.", metavar="NAME"),
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="For every OpenXR application of this user.")
    ] = False,
    library: Annotated[
        Path | None, typer.Option(help="The layer; default: as built in this checkout.")
    ] = None,
) -> None:
    """Show OpenXR games the face that `vrface serve` publishes.

    The layer adds face tracking to whatever runtime there is. For one application, it is loaded
    where a variable is set that this tells; for all, always, unless VRFACE_OPENXR_LAYER is set.
    """
    from vrface.cli.layer_manifests import Place

    if action not in ACTIONS:
        raise UnknownName("action", action, ACTIONS)
    if everybody and for_app is not None:
        raise BadUse("--all and --for-app exclude each other.", "Say one of them.")
    if library is not None and action != "install":
        raise BadUse("--library goes with install alone.", "Leave it out.")
    if action == "status" and (everybody or for_app is not None):
        raise BadUse("status tells of everything.", "Leave --all and --for-app out.")
    place = Place.here()
    if action == "install":
        _install(place, for_app, everybody, library)
    elif action == "remove":
        _remove(place, for_app, everybody)
    else:
        _status(place)


def _install(place: Place, for_app: str | None, everybody: bool, library: Path | None) -> None:
    from vrface.cli.layer_manifests import built_library, install, variable_of

    if for_app is None and not everybody:
        raise BadUse(
            "a layer is installed for one application, or for all.",
            "Say --for-app NAME, or --all.",
        )
    variable = "" if for_app is None else variable_of(for_app)
    layer = library or built_library()
    print(f"{install(place, layer, variable)}: written")
    if variable:
        print(f"Start {for_app} with {variable}=1 in its environment; in Steam's launch options:")
        print(f"{variable}=1 %command%")
        print("Without anything installed, these do the same:")
        print(f"XR_API_LAYER_PATH={layer.resolve().parent} XR_ENABLE_API_LAYERS={LAYER}")
    else:
        print(f"Every OpenXR application has it now, unless {OFF}=off is set.")


def _remove(place: Place, for_app: str | None, everybody: bool) -> None:
    from vrface.cli.layer_manifests import remove, variable_of

    wanted = "" if everybody else None if for_app is None else variable_of(for_app)
    gone = remove(place, wanted)
    for path in gone:
        print(f"{path}: removed")
    if not gone:
        print("nothing was installed")


def _status(place: Place) -> None:
    from vrface.cli.layer_manifests import installed

    found = installed(place)
    faults = 0
    for each in found:
        fault = each.fault()
        faults += bool(fault)
        where = f"where {each.variable}=1" if each.variable else "always"
        print(f"{_whom(each)}, {where}: {each.library or each.path}: {fault or 'ok'}")
    if not found:
        print("not installed: vrface openxr install --for-app NAME")
    if OFF in os.environ:
        print(f"{OFF} is set here: programs started from here go without it.")
    print(f"faces: {_faces()}")
    if faults:
        raise VrfaceError(
            f"{faults} of {len(found)} cannot be loaded.",
            "Build the layer and install it again, or vrface openxr remove.",
        )


def _whom(each: Installed) -> str:
    from vrface.cli.layer_manifests import FOR

    return each.variable.removeprefix(FOR).lower() or "every application"


def _faces() -> str:
    """Whether there is a face to show."""
    from vrface.client import FaceReader

    try:
        with FaceReader() as reader:
            if reader.alive:
                return "a server publishes them now"
    except ServerError as error:
        return str(error)
    return "no server publishes any: vrface serve --publish memory"
