"""`Stage`: figures side by side under soft light, drawn without a screen, a GPU or OpenGL.

Panda3D's software renderer fills the triangles. Light is worked out here (`vrface.render.shading`),
for it must follow the skin; what goes over each frame is one position and one colour a vertex.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vrface.closing import Closing
from vrface.errors import BadUse, DependencyError, VrfaceError
from vrface.face.blendshapes import COUNT
from vrface.render.reach import AHEAD, reach
from vrface.render.seen import greyed
from vrface.render.shading import Normals, linear, lit
from vrface.rig.figure import Figure

if TYPE_CHECKING:
    from panda3d.core import GraphicsOutput, Texture

Face: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Weights [54 or more] and gaze [4], as `Figure.posed` takes them."""

BACKGROUND = "#efeeeb"
"""sRGB behind the figures: the house's paper, one step darker."""

SMALLEST, LARGEST = 16, 4096
"""Pixels a picture may be wide or high."""

_FINER = 2
"""Drawn so much larger and then averaged: the renderer has no antialiasing of its own."""

# From the head's axes to the renderer's (x the viewer's right, y away from the viewer, z up): a
# rotation, so that outside stays outside.
_TO_SCENE = np.array([[-1, 0, 0], [0, 0, 1], [0, 1, 0]], dtype=np.float32)

# How much there is around the part of a figure that moves, as shares of its height: a face's is
# about from the hairline to below the chin.
_ABOVE, _BELOW, _BESIDE = 0.95, 0.26, 0.12
_GUTTER = 0.004
"""Share of the picture's width that stays empty on either side of a figure."""

_DISTANCE = 4.5
"""Of the camera, in heights of what it shows: near enough for depth, too far to distort."""


def require_panda3d() -> None:
    """Check that figures can be drawn here.

    Raises:
        DependencyError: if Panda3D is not installed.
    """
    if find_spec("panda3d") is None:
        raise DependencyError(
            "faces are drawn by Panda3D, which is not installed.", "pip install 'vrface[render]'."
        )


class Stage(Closing):
    """Draws figures side by side, each in its own part of the picture, all in one view.

    Several may be open at once, but all in one thread: Panda3D has one engine a process.

    Args:
        figures: From left to right.
        width: Pixels of the picture.
        height: Pixels of the picture.
        zoom: How much larger a face is than where a whole head has room.

    Raises:
        BadUse: if there is no figure, or the picture is too small or too large.
        DependencyError: if Panda3D is not installed.
        VrfaceError: if there is no room for the picture.
    """

    def __init__(
        self, figures: Sequence[Figure], width: int, height: int, zoom: float = 1.0
    ) -> None:
        if not figures or not SMALLEST <= min(width, height) <= max(width, height) <= LARGEST:
            raise BadUse(
                f"a stage of {len(figures)} figures, {width} x {height} pixels, cannot be drawn.",
                f"One figure or more, {SMALLEST} to {LARGEST} pixels.",
            )
        require_panda3d()
        self.width, self.height = width, height
        self._actors = [_Actor(figure) for figure in figures]
        self._screen = _Screen(_FINER * width, _FINER * height)
        share = 1.0 / len(figures)
        shape = (share - 2.0 * _GUTTER) * width / height
        for place, actor in enumerate(self._actors):
            left, right = place * share + _GUTTER, (place + 1) * share - _GUTTER
            self._screen.show(actor.camera(shape, zoom), left, right)

    def draw(self, faces: Sequence[Face]) -> NDArray[np.uint8]:
        """The picture of one instant.

        Args:
            faces: One for each figure. Where no weight has a value the figure is drawn at rest
                and grey: nothing is known.

        Returns:
            [height, width, 3] in the order blue, green, red, as OpenCV takes it.

        Raises:
            BadUse: if there is not one face for each figure, or the stage is closed.
        """
        if len(faces) != len(self._actors):
            raise BadUse(f"{len(self._actors)} figures but {len(faces)} faces.")
        for actor, (weights, gaze) in zip(self._actors, faces, strict=True):
            actor.pose(weights, gaze)
        large = self._screen.picture()
        small = cv2.resize(large, (self.width, self.height), interpolation=cv2.INTER_AREA)
        # The renderer's first row is the lowest one.
        return np.asarray(cv2.flip(cv2.cvtColor(small, cv2.COLOR_BGRA2BGR), 0), dtype=np.uint8)

    def close(self) -> None:
        """Let go of the renderer's memory."""
        self._screen.close()


class _Actor:
    """A figure as the renderer has it.

    Args:
        figure: Whose triangles, colours and poses.

    Attributes:
        node: What the renderer draws.
    """

    def __init__(self, figure: Figure) -> None:
        from panda3d.core import NodePath

        self._figure = figure
        rest = figure.posed(np.zeros(COUNT, dtype=np.float32), AHEAD)
        if not ((figure.triangles >= 0) & (figure.triangles < len(rest))).all():
            raise BadUse(f"a figure of {len(rest)} vertices has triangles of others.")
        half = figure.posed(np.full(COUNT, 0.5, dtype=np.float32), AHEAD)
        self._normals = Normals(figure.triangles, (rest, half))
        colours = np.asarray(figure.colours, dtype=np.float32)
        grey = greyed(colours, np.ones(len(colours), dtype=np.float32))
        self._albedo, self._grey = linear(colours.T), linear(grey.T)
        self._low, self._high = _framed(rest, reach(figure))
        self._rest = rest
        self._data, geometry = _geometry(figure.triangles, len(rest))
        self.node = NodePath(geometry)

    def pose(self, weights: NDArray[np.float32], gaze: NDArray[np.float32]) -> None:
        """Put it where a face's weights and gaze move it."""
        known = np.asarray(weights, dtype=np.float32)[:COUNT]
        posed = self._figure.posed(known, np.asarray(gaze, dtype=np.float32))
        positions = np.where(np.isfinite(posed), posed, self._rest)
        albedo = self._albedo if np.isfinite(known).any() else self._grey
        colours = lit(self._normals(positions), albedo)
        placed = np.ascontiguousarray(positions @ _TO_SCENE.T, dtype=np.float32)
        self._data.modify_array_handle(0).copy_data_from(placed)
        self._data.modify_array_handle(1).copy_data_from(colours)

    def camera(self, shape: float, zoom: float) -> Any:
        """A camera in front of the face, for a picture `shape` times as wide as high."""
        from panda3d.core import Camera, NodePath, PerspectiveLens, Point3

        wide, high, _ = self._high - self._low
        height = max(wide / shape, high) / zoom
        middle = (self._low + self._high) / 2.0
        lens = PerspectiveLens()
        lens.set_aspect_ratio(shape)
        lens.set_min_fov(2.0 * np.degrees(np.arctan(0.5 * min(1.0, shape) / _DISTANCE)))
        lens.set_near_far(0.3 * _DISTANCE * height, 2.5 * _DISTANCE * height)
        camera = NodePath(Camera("camera", lens))
        place = middle - [0.0, 0.0, _DISTANCE * height]
        camera.set_pos(Point3(*(_TO_SCENE @ place).tolist()))  # it looks along y: to the face
        camera.reparent_to(self.node)
        return camera


def _framed(
    rest: NDArray[np.float32], moved: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two corners [3] of the head, found from what moves in a face; a body stays outside.

    Args:
        rest: [vertices, 3] metres.
        moved: [54, vertices] as of `reach`.
    """
    largest = moved.max(axis=0)
    face = rest[largest > 0.1 * largest.max()] if largest.max() > 0 else rest
    low, high = np.percentile(face, [1, 99], axis=0)
    height = high[1] - low[1]
    top = min(high[1] + _ABOVE * height, float(rest[:, 1].max()) + 0.04 * height)
    low[1], high[1] = low[1] - _BELOW * height, top
    low[0], high[0] = low[0] - _BESIDE * height, high[0] + _BESIDE * height
    return low, high


def _geometry(triangles: NDArray[np.int32], vertices: int) -> tuple[Any, Any]:
    """Panda3D's vertices, positions and colours in arrays of their own, and a node of them."""
    from panda3d.core import (
        Geom,
        GeomEnums,
        GeomNode,
        GeomTriangles,
        GeomVertexArrayFormat,
        GeomVertexData,
        GeomVertexFormat,
        InternalName,
        OmniBoundingVolume,
    )

    layout = GeomVertexFormat()
    for name, wide, kind, use in (
        (InternalName.get_vertex(), 3, GeomEnums.NT_float32, GeomEnums.C_point),
        (InternalName.get_color(), 4, GeomEnums.NT_uint8, GeomEnums.C_color),
    ):
        layout.add_array(GeomVertexArrayFormat(name, wide, kind, use))
    data = GeomVertexData("", GeomVertexFormat.register_format(layout), GeomEnums.UH_dynamic)
    data.unclean_set_num_rows(vertices)
    primitive = GeomTriangles(GeomEnums.UH_static)
    primitive.set_index_type(GeomEnums.NT_uint32)
    indices = primitive.modify_vertices()
    indices.unclean_set_num_rows(triangles.size)
    indices.modify_handle().copy_data_from(np.ascontiguousarray(triangles, dtype=np.uint32))
    geom = Geom(data)
    geom.add_primitive(primitive)
    geom.set_bounds(OmniBoundingVolume())  # else every frame measures every vertex
    node = GeomNode("figure")
    node.add_geom(geom)
    return node.modify_geom(0).modify_vertex_data(), node


class _Screen(Closing):
    """A picture in memory that Panda3D's software renderer fills."""

    def __init__(self, width: int, height: int) -> None:
        from panda3d import core

        _quiet(core)
        pipe = core.GraphicsPipeSelection.get_global_ptr().make_pipe(
            "TinyOffscreenGraphicsPipe", "p3tinydisplay"
        )
        self._engine = core.GraphicsEngine.get_global_ptr()
        bits = core.FrameBufferProperties()
        bits.set_rgb_color(True)
        bits.set_depth_bits(24)
        size = core.WindowProperties.size(width, height)
        self._output: GraphicsOutput | None = pipe and self._engine.make_output(
            pipe, "vrface", 0, bits, size, core.GraphicsPipe.BF_refuse_window
        )
        if self._output is None:
            raise VrfaceError(
                f"Panda3D cannot draw a picture of {width} x {height} pixels.",
                "Give a smaller --size, or install Panda3D anew.",
            )
        self._shape = (height, width, 4)
        self._picture: Texture = core.Texture()
        self._output.add_render_texture(self._picture, core.GraphicsOutput.RTM_copy_ram)
        self._output.set_clear_color(
            (*(part / 255.0 for part in bytes.fromhex(BACKGROUND[1:])), 1.0)
        )
        self._output.set_active(False)

    def show(self, camera: Any, left: float, right: float) -> None:
        """Draw what a camera sees in a part of the picture, from and to a share of its width."""
        assert self._output is not None  # noqa: S101 - it is open
        self._output.make_display_region(left, right, 0.0, 1.0).set_camera(camera)

    def picture(self) -> NDArray[np.uint8]:
        """[height, width, 4] blue, green, red and alpha, the lowest row first; drawn now."""
        if self._output is None:
            raise BadUse("the stage is closed.")
        # All outputs of a process share one engine, which draws those that are active.
        self._output.set_active(True)
        self._engine.render_frame()
        self._output.set_active(False)
        drawn = np.frombuffer(self._picture.get_ram_image(), dtype=np.uint8)
        return drawn.reshape(self._shape)

    def close(self) -> None:
        if self._output is not None:
            self._engine.remove_window(self._output)
            self._output = None


_UNHEARD: dict[str, Any] = {}
"""What Panda3D writes its words into; it must outlive every stage."""


def _quiet(core: Any) -> None:
    """Keep Panda3D's own words off stdout and stderr: what fails here is raised."""
    core.load_prc_file_data("", "notify-level fatal")
    core.Notify.ptr().set_ostream_ptr(_UNHEARD.setdefault("", core.StringStream()), False)
