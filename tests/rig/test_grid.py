from __future__ import annotations

import numpy as np

from vrface.rig.grid import COLUMNS, EYE_ROWS, HEIGHTS, MOUTH_ROWS, PLACES, skin_grid, slit


def edges() -> dict[tuple[int, int], int]:
    """How often each directed edge occurs."""
    triangles = skin_grid().triangles
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    found, count = np.unique(pairs, axis=0, return_counts=True)
    return {(int(a), int(b)): int(n) for (a, b), n in zip(found, count, strict=True)}


def test_the_skin_is_one_surface_with_holes_for_eyes_mouth_and_neck():
    directed = edges()
    assert set(directed.values()) == {1}  # no edge is run through twice the same way
    open_edges = [edge for edge in directed if edge[::-1] not in directed]
    holes = sum(2 * (len(columns) + 1) for columns in (*slit(EYE_ROWS), *slit(MOUTH_ROWS)))
    assert len(open_edges) == holes + COLUMNS
    vertices = len(skin_grid().row)
    euler = vertices - len({tuple(sorted(edge)) for edge in directed}) + len(skin_grid().triangles)
    assert euler == 2 - 4


def test_the_two_rows_of_a_slit_are_one_but_between_its_corners():
    vertex = skin_grid().vertex
    for rows in (EYE_ROWS, MOUTH_ROWS):
        assert HEIGHTS[rows[0]] == HEIGHTS[rows[1]]
        own = np.flatnonzero(vertex[rows[0]] != vertex[rows[1]])
        np.testing.assert_array_equal(own, np.sort(np.concatenate(slit(rows))))


def test_the_grid_is_its_own_mirror_image():
    grid = skin_grid()
    np.testing.assert_array_equal(grid.mirror[grid.mirror], np.arange(len(grid.mirror)))
    front = np.abs(PLACES[grid.column]) < 72
    np.testing.assert_array_equal(
        PLACES[grid.column[grid.mirror]][front], -PLACES[grid.column][front]
    )
    mirrored = np.sort(grid.mirror[grid.triangles], axis=1)
    own = np.sort(grid.triangles, axis=1)
    fan = (own == len(grid.row) - 1).any(axis=1)
    assert {tuple(t) for t in mirrored[~fan]} == {tuple(t) for t in own[~fan]}
