"""Poses as tables and files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from bodyseg_widgets import (
    KEYPOINT_NAMES,
    STANDARD_ANGLES,
    InvalidOptionError,
    MissingDependencyError,
    TimedPoses,
    angles_to_dataframe,
    joint_angle,
    poses_to_dataframe,
    save_poses,
)
from tests.poses import STANDING, make_pose

if TYPE_CHECKING:
    from pathlib import Path

MOMENTS = [
    TimedPoses(0.0, (make_pose(pose_id=7),), frame=10),
    TimedPoses(0.04, (), frame=11),
    TimedPoses(0.08, (make_pose(pose_id=7), make_pose(pose_id=9, at=500)), frame=12),
]


def test_there_is_a_row_for_each_time_person_and_keypoint() -> None:
    table = poses_to_dataframe(MOMENTS)
    assert len(table) == 3 * 33
    found = table[["time", "frame", "pose_id"]].drop_duplicates().to_numpy().tolist()
    assert found == [[0.0, 10, 7], [0.08, 12, 7], [0.08, 12, 9]]
    assert table["keypoint"][:33].tolist() == list(KEYPOINT_NAMES)


def test_a_row_holds_the_keypoint_in_pixels_and_in_meters() -> None:
    table = poses_to_dataframe(MOMENTS)
    (row,) = table.query("pose_id == 9 and keypoint == 'left_knee'").to_dict("records")
    x, y, z = STANDING["left_knee"]
    assert (row["x_3d"], row["y_3d"], row["z_3d"]) == pytest.approx((x, y, z))
    pixels = (x * 200 + 500, y * 200 + 240, z * 200)
    assert (row["x"], row["y"], row["z"]) == pytest.approx(pixels)
    assert row["score"] == pytest.approx(0.9)


def test_columns_have_types_that_fit_them() -> None:
    types = poses_to_dataframe(MOMENTS).dtypes.astype(str).to_dict()
    numbers = dict.fromkeys(("x", "y", "z", "score", "x_3d", "y_3d", "z_3d"), "float32")
    assert types == {
        "time": "float64",
        "frame": "Int64",
        "pose_id": "int64",
        "keypoint": "category",
        **numbers,
    }


def test_the_poses_of_one_picture_need_no_time() -> None:
    table = poses_to_dataframe([make_pose(pose_id=None), make_pose(pose_id=None)])
    assert table["time"].eq(0).all()
    assert table["frame"].eq(0).all()
    assert table["pose_id"].unique().tolist() == [1, 2]
    assert len(table.dropna()) == len(table)


def test_a_moment_without_a_frame_has_none_in_the_table() -> None:
    table = poses_to_dataframe([TimedPoses(2.0, (make_pose(),))])
    assert table["frame"].isna().all()


@pytest.mark.parametrize("make", [poses_to_dataframe, angles_to_dataframe])
def test_no_one_makes_an_empty_table_with_all_columns(make: object) -> None:
    assert make([]).columns.tolist() == make(MOMENTS).columns.tolist()
    assert len(make([])) == len(make([TimedPoses(1.0, ())])) == 0
    assert make([]).dtypes.tolist() == make(MOMENTS).dtypes.tolist()


def test_angles_are_those_that_joint_angle_measures() -> None:
    table = angles_to_dataframe(MOMENTS, space="2d")
    assert len(table) == 3 * len(STANDARD_ANGLES)
    (row,) = table.query("time == 0 and angle == 'right_hip'").to_dict("records")
    expected = joint_angle(MOMENTS[0].poses[0], "right_hip", space="2d")
    assert row["degrees"] == pytest.approx(expected, abs=1e-3)


def test_uncertain_angles_are_missing_and_left_out_of_means() -> None:
    unsure = make_pose(scores={"left_wrist": 0.1})
    moments = [TimedPoses(0, (make_pose(),)), TimedPoses(1, (unsure,))]
    elbow = angles_to_dataframe(moments, min_score=0.5).query("angle == 'left_elbow'")["degrees"]
    assert elbow.isna().tolist() == [False, True]
    assert elbow.mean() == pytest.approx(joint_angle(make_pose(), "left_elbow"), abs=1e-3)


def test_poses_with_and_without_time_do_not_mix() -> None:
    with pytest.raises(InvalidOptionError, match="mixture of Pose, TimedPoses"):
        poses_to_dataframe([make_pose(), MOMENTS[0]])


def test_what_is_no_pose_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="mixture of str"):
        poses_to_dataframe(["left_knee"])


def test_csv_is_read_back_as_it_was(tmp_path: Path) -> None:
    table = poses_to_dataframe(MOMENTS)
    path = save_poses(table, tmp_path / "poses.csv")
    again = pd.read_csv(path, dtype=table.dtypes.to_dict())
    pd.testing.assert_frame_equal(again, table, check_categorical=False)


def test_parquet_keeps_every_type(tmp_path: Path) -> None:
    table = poses_to_dataframe(MOMENTS)
    path = save_poses(table, str(tmp_path / "poses.PARQUET"))
    pd.testing.assert_frame_equal(pd.read_parquet(path), table)


def test_another_ending_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidOptionError, match=r"'.csv' or '.parquet', but got .*poses.xlsx"):
        save_poses(poses_to_dataframe(MOMENTS), tmp_path / "poses.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidOptionError, match=r"folder '.*later' of .* does not exist"):
        save_poses(poses_to_dataframe(MOMENTS), tmp_path / "later" / "poses.csv")


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingDependencyError, match=r"bodyseg-widgets\[tables\]"):
        poses_to_dataframe(MOMENTS)


def test_without_pyarrow_csv_still_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = poses_to_dataframe(MOMENTS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"Parquet needs .*bodyseg-widgets\[tables\]"):
        save_poses(table, tmp_path / "poses.parquet")
    assert save_poses(table, tmp_path / "poses.csv").is_file()
