"""What may be asked of a report, and what it finds in a folder."""

import math

import pytest

from vrface.errors import BadUse
from vrface.training.report.options import Options


@pytest.mark.parametrize(
    "wrong",
    [
        {"wearers": 0},
        {"seed": -1},
        {"seconds": -1.0},
        {"seconds": 0.0},
        {"seconds": math.nan},
        {"seconds": math.inf},
    ],
)
def test_figures_out_of_range_are_refused(wrong):
    with pytest.raises(BadUse, match=r"got -?[\w.]+"):
        Options(**wrong)


def test_a_data_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadUse, match="is no folder"):
        Options(data=tmp_path / "nowhere")


def test_takes_are_found_by_person_and_name(data):
    (data / "arkit/bert").mkdir()
    (data / "arkit/bert/another.csv").write_text("another face")
    (data / "arkit/bert/LICENSE").write_text("free")
    assert [path.name for path in Options(data=data).takes] == ["take.csv", "another.csv"]
    assert Options().takes == []


def test_the_rig_is_found_beside_the_takes(data):
    assert Options(data=data).rig is None
    assert Options().rig is None
    (data / "rig" / "ICT-FaceKit").mkdir(parents=True)
    assert Options(data=data).rig == data / "rig" / "ICT-FaceKit"
