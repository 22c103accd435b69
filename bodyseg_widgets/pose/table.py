"""Poses as tables: pandas DataFrames in long form, CSV and Parquet files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.pose.angles import STANDARD_ANGLES, angles_between
from bodyseg_widgets.pose.topology import KEYPOINT_NAMES
from bodyseg_widgets.pose.types import Pose
from bodyseg_widgets.tables import import_pandas, save_table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import ModuleType

    import pandas as pd
    from numpy.typing import NDArray

    from bodyseg_widgets.pose.angles import AngleSpace

__all__ = ["TimedPoses", "angles_to_dataframe", "poses_to_dataframe", "save_poses"]


@dataclass(frozen=True, slots=True)
class TimedPoses:
    """The poses of one moment.

    Attributes
    ----------
    time : float
        Time, in seconds from any starting point.
    poses : tuple of Pose
        One per person; empty if no one was found.
    frame : int or None
        Number of the frame they were found in, if it has one.

    Examples
    --------
    >>> from bodyseg_widgets import TimedPoses
    >>> TimedPoses(0.5, poses=()).poses
    ()
    """

    time: float
    poses: tuple[Pose, ...]
    frame: int | None = None


@named_arguments
def poses_to_dataframe(poses: Pose | Iterable[Pose] | Iterable[TimedPoses]) -> pd.DataFrame:
    """Make a table of poses in long form: one row per time, person and keypoint.

    Parameters
    ----------
    poses : Pose, iterable of Pose, or iterable of TimedPoses
        The poses of one image, as returned by ``estimate_poses``, or those of many moments.

    Returns
    -------
    pandas.DataFrame
        With the columns

        - ``time``: seconds; 0 for the poses of one image,
        - ``frame``: frame number, missing (``<NA>``) if a moment has none; 0 for the poses of one
          image,
        - ``pose_id``: the person's number, ``Pose.id``; a pose without one gets its position in
          the list, from 1,
        - ``keypoint``: its name, categorical, in the order of ``KEYPOINT_NAMES``,
        - ``x``, ``y``, ``z``: :attr:`Pose.keypoints`, pixels,
        - ``score``: 0 to 1,
        - ``x_3d``, ``y_3d``, ``z_3d``: :attr:`Pose.keypoints_3d`, meters from the midpoint of the
          hips, y down.

    Raises
    ------
    MissingDependencyError
        pandas is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Pose, TimedPoses, poses_to_dataframe
    >>> pose = Pose(np.ones((33, 4), np.float32), np.zeros((33, 4), np.float32), id=1)
    >>> table = poses_to_dataframe([TimedPoses(0.0, (pose,)), TimedPoses(0.1, (pose, pose))])
    >>> table.shape
    (99, 11)
    >>> table.query("keypoint == 'nose'").groupby("time")["x"].count().tolist()
    [1, 2]
    """
    pandas = import_pandas("A table of poses")
    rows = _one_row_each(poses)
    names = pandas.Categorical(list(KEYPOINT_NAMES) * len(rows), categories=KEYPOINT_NAMES)
    pixels = _stacked([row.pose.keypoint_array for row in rows]).reshape(-1, 4)
    space = _stacked([row.pose.keypoint_array_3d for row in rows]).reshape(-1, 4)
    columns = {
        **_who_and_when(pandas, rows, repeats=len(KEYPOINT_NAMES)),
        "keypoint": names,
        **{name: pixels[:, at] for at, name in enumerate(("x", "y", "z", "score"))},
        **{name: space[:, at] for at, name in enumerate(("x_3d", "y_3d", "z_3d"))},
    }
    return pandas.DataFrame(columns)


@named_arguments
def angles_to_dataframe(
    poses: Pose | Iterable[Pose] | Iterable[TimedPoses],
    *,
    space: AngleSpace = "3d",
    min_score: float = 0.0,
) -> pd.DataFrame:
    """Make a table of the poses' standard angles: one row per time, person and angle.

    Parameters
    ----------
    poses : Pose, iterable of Pose, or iterable of TimedPoses
        See :func:`poses_to_dataframe`.
    space, min_score
        See :func:`joint_angle`.

    Returns
    -------
    pandas.DataFrame
        With the columns ``time``, ``frame`` and ``pose_id`` of :func:`poses_to_dataframe`,
        ``angle``: its name, categorical, in the order of ``STANDARD_ANGLES``, and ``degrees``: 0 to
        180, NaN as described in :func:`joint_angle`.

    Raises
    ------
    InvalidOptionError
        The space is unknown, or `min_score` is not between 0 and 1.
    MissingDependencyError
        pandas is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Pose, angles_to_dataframe
    >>> corners = np.random.default_rng(0).uniform(size=(33, 4)).astype(np.float32)
    >>> table = angles_to_dataframe([Pose(corners, corners.copy())])
    >>> table.shape
    (12, 5)
    """
    pandas = import_pandas("A table of angles")
    rows = _one_row_each(poses)
    keypoints = _stacked(
        [row.pose.keypoint_array_3d if space == "3d" else row.pose.keypoint_array for row in rows]
    )
    degrees = [
        angles_between(keypoints, triple, space=space, min_score=min_score)
        for triple in STANDARD_ANGLES.values()
    ]
    names = pandas.Categorical(list(STANDARD_ANGLES) * len(rows), categories=list(STANDARD_ANGLES))
    columns = {
        **_who_and_when(pandas, rows, repeats=len(STANDARD_ANGLES)),
        "angle": names,
        "degrees": np.stack(degrees, axis=-1).reshape(-1).astype(np.float32),
    }
    return pandas.DataFrame(columns)


@named_arguments
def save_poses(
    table: pd.DataFrame, path: str | os.PathLike[str], *, overwrite: bool = False
) -> Path:
    """Save a table of poses or angles as CSV or Parquet.

    Parquet keeps the column types, is smaller and faster to read (``pandas.read_parquet``); CSV can
    be read by anything.

    Parameters
    ----------
    table : pandas.DataFrame
        The result of :func:`poses_to_dataframe` or :func:`angles_to_dataframe`, or a table derived
        from one. Its index is not saved.
    path : str or os.PathLike
        Where to save it; ends in ``.csv`` or ``.parquet``.
    overwrite : bool
        Whether to replace an existing file.

    Returns
    -------
    pathlib.Path
        `path`.

    Raises
    ------
    InvalidOptionError
        `table` is no table, or `path` has a different ending, or its folder does not exist or
        cannot be written to.
    ExistingFileError
        `path` exists and `overwrite` is False.
    MissingDependencyError
        pyarrow, which writes Parquet, is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bodyseg_widgets import poses_to_dataframe, save_poses
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_poses(poses_to_dataframe([]), Path(folder) / "poses.csv")
    ...     path.read_text().strip()
    'time,frame,pose_id,keypoint,x,y,z,score,x_3d,y_3d,z_3d'
    """
    if isinstance(table, Pose) or not hasattr(table, "to_csv"):
        raise InvalidOptionError(
            f"table must be a DataFrame, but got {in_short(table)}. Write "
            "save_poses(poses_to_dataframe(poses), path)."
        )
    return save_table(table, path, content="Poses", overwrite=overwrite)


@dataclass(frozen=True, slots=True)
class _Row:
    time: float
    frame: int | None
    pose_id: int
    pose: Pose


def _one_row_each(poses: Pose | Iterable[Pose] | Iterable[TimedPoses]) -> list[_Row]:
    given: list[object] = [poses] if isinstance(poses, Pose) else list(poses)
    single = tuple(each for each in given if isinstance(each, Pose))
    moments = [each for each in given if isinstance(each, TimedPoses)]
    if len(single) + len(moments) != len(given) or (single and moments):
        kinds = ", ".join(sorted({type(each).__name__ for each in given}))
        raise InvalidOptionError(
            "poses must be the Poses of one image, or TimedPoses of many moments, but got a "
            f"mixture of {kinds}. Wrap poses with a time in TimedPoses(time, poses)."
        )
    return [
        _Row(moment.time, moment.frame, place if pose.id is None else pose.id, pose)
        for moment in (moments or [TimedPoses(0.0, single, frame=0)])
        for place, pose in enumerate(moment.poses, start=1)
    ]


def _who_and_when(
    pandas: ModuleType, rows: Sequence[_Row], *, repeats: int
) -> dict[str, pd.Series | NDArray[np.float64]]:
    frames = [row.frame for row in rows for _ in range(repeats)]
    return {
        "time": np.repeat(np.array([row.time for row in rows], np.float64), repeats),
        "frame": pandas.array(frames, dtype="Int64"),
        "pose_id": np.repeat(np.array([row.pose_id for row in rows], np.int64), repeats),
    }


def _stacked(arrays: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.array(arrays, np.float32).reshape(-1, len(KEYPOINT_NAMES), 4)
