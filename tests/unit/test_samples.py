"""Samples: the portrait, recorded movement, and files that are downloaded on request."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest

from bodyseg_widgets import (
    ExistingFileError,
    Explorer,
    InvalidOptionError,
    Movement,
    SourceError,
    Webcam,
    create_detector,
    create_segmenter,
    intersection_over_union,
    joint_angle,
    portrait_reference,
    sample,
    sample_results,
)
from bodyseg_widgets.pose import KEYPOINT_NAMES
from bodyseg_widgets.streaming import Player, choose_like, look_once
from bodyseg_widgets.streaming.samples import (
    BUNDLED_SAMPLES,
    REMOTE_SAMPLES,
    RemoteSample,
    opening,
)
from bodyseg_widgets.streaming.samples.remote import remote_file
from bodyseg_widgets.streaming.samples.tracks import DATA, Track, read_track
from bodyseg_widgets.streaming.sources import FrameSource, VideoFile
from bodyseg_widgets.widgets.source.webcam import SOURCES
from tools.measure_movements import CLIPS, measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bodyseg_widgets import Pose

MOVEMENTS = [name for name in BUNDLED_SAMPLES if name != "portrait"]
ALONE = [name for name in MOVEMENTS if name != "crossing"]
KNEE_DOWN, KNEE_UP = 100, 150
LARGEST_TRACK = 50_000


def count_squats(poses: Iterable[Pose]) -> int:
    """Count like notebook 02."""
    count, is_down = 0, False
    for pose in poses:
        knee = joint_angle(pose, "left_knee", min_score=0.5)
        if knee < KNEE_DOWN:
            is_down = True
        elif knee > KNEE_UP and is_down:
            is_down = False
            count += 1
    return count


# --- names


def test_each_bundled_sample_is_a_source_of_the_webcam() -> None:
    assert set(BUNDLED_SAMPLES) <= set(SOURCES)


@pytest.mark.parametrize(
    ("given", "meant"), [("squat", "squats"), ("YogaPicture", "yoga picture"), ("sing", "signing")]
)
def test_an_unknown_name_is_answered_with_the_one_that_was_meant(given: str, meant: str) -> None:
    with pytest.raises(InvalidOptionError, match=f"'crossing'.*Did you mean '{meant}'"):
        sample(given)


def test_a_sample_given_as_a_path_is_answered_with_the_source() -> None:
    with pytest.raises(SourceError, match=r"mean Webcam\(source='squats'\)"):
        Webcam("squats")


def test_a_type_checker_knows_each_movement() -> None:
    assert list(get_args(opening._Movements)) == MOVEMENTS


# --- the portrait


def test_the_portrait_is_an_image() -> None:
    portrait = sample("portrait")
    assert (portrait.shape, portrait.dtype) == ((512, 512, 3), np.uint8)


# --- movement


@pytest.mark.parametrize("name", MOVEMENTS)
def test_the_frames_of_a_movement_are_always_the_same(name: str) -> None:
    first, second = sample(name), sample(name)
    assert isinstance(first, Movement)
    assert isinstance(second, Movement)
    for index in (0, first.length // 2, first.length - 1):
        frame = first.read_at(index)
        assert frame.image.shape == (480, 640, 3)
        assert (frame.index, frame.time) == (index, index / 30)
        assert (frame.image == second.read_at(index).image).all()


@pytest.mark.parametrize("name", MOVEMENTS)
def test_the_poses_of_a_movement_are_numbered_and_timed(name: str) -> None:
    movement = sample(name)
    assert isinstance(movement, Movement)
    assert isinstance(movement, FrameSource)
    people = 2 if name == "crossing" else 1
    assert [moment.frame for moment in movement.poses] == [*range(movement.length)]
    assert movement.poses[30].time == 1
    for moment in movement.poses:
        assert [pose.id for pose in moment.poses] == [*range(1, people + 1)]


@pytest.mark.parametrize("name", CLIPS)
def test_the_landmarks_are_those_that_were_measured(name: str, data_folder: Path) -> None:
    measured, kept = measure(CLIPS[name], data_folder), read_track(DATA / f"{name}.npz")
    assert kept.rate == measured.rate
    away = np.abs(kept.keypoints - measured.keypoints)
    # Half a step of what is stored, and what one processor rounds otherwise than another.
    assert away[..., :2].mean() < 0.1
    assert away[..., 3].max() < 0.02
    assert np.abs(kept.keypoints_3d - measured.keypoints_3d)[..., :3].mean() < 0.001


@pytest.mark.parametrize("name", CLIPS)
def test_the_poses_are_the_landmarks_of_the_file_where_one_was_measured(name: str) -> None:
    track, movement = read_track(DATA / f"{name}.npz"), sample(name)
    assert isinstance(movement, Movement)
    for number in (0, 5, 10):
        (pose,) = movement.poses[round(number * 30 / track.rate)].poses
        assert pose.keypoint_array == pytest.approx(track.keypoints[number], abs=0.2)
        assert pose.keypoint_array_3d == pytest.approx(track.keypoints_3d[number], abs=0.001)


def test_between_two_measurements_a_landmark_is_on_the_line_from_one_to_the_other() -> None:
    keypoints = np.zeros((3, len(KEYPOINT_NAMES), 4), np.float32)
    keypoints[:, :, 0] = np.array([[0], [30], [60]])
    track = Track(10, keypoints, keypoints).at_rate(30)
    assert track.keypoints[:, 0, 0] == pytest.approx([0, 10, 20, 30, 40, 50, 60], abs=1e-4)


@pytest.mark.parametrize("name", CLIPS)
def test_a_track_is_small_enough_for_the_wheel(name: str) -> None:
    assert len((DATA / f"{name}.npz").read_bytes()) < LARGEST_TRACK


def test_a_track_comes_back_from_its_file(tmp_path: Path) -> None:
    track = read_track(DATA / "yoga.npz")
    track.save(tmp_path / "again.npz")
    again = read_track(tmp_path / "again.npz")
    assert (again.keypoints == track.keypoints).all()
    assert (again.keypoints_3d == track.keypoints_3d).all()


def test_the_squats_are_two() -> None:
    assert count_squats(moment.poses[0] for moment in sample("squats").poses) == 2


@pytest.mark.parametrize("model_type", ["lite", "full"])
def test_blazepose_counts_the_same_squats_in_the_drawn_figure(model_type: str) -> None:
    squats = sample("squats")
    found: list[Pose] = []
    with create_detector(model_type) as detector:
        # Every other frame, as a slow computer would.
        for index in range(0, squats.length, 2):
            frame = squats.read_at(index)
            found += detector.estimate_poses(frame.image, timestamp_ms=1000 * frame.time)
    assert len(found) == len(range(0, squats.length, 2))
    assert count_squats(found) == 2


@pytest.mark.parametrize("name", ALONE)
def test_models_find_the_drawn_figure(name: str) -> None:
    movement = sample(name)
    assert isinstance(movement, Movement)
    with (
        create_segmenter("general") as segmenter,
        create_detector("full", enable_segmentation=True) as detector,
    ):
        for index in range(0, movement.length, 30):
            image, figure = movement.read_at(index).image, movement.mask_at(index)
            (truth,) = movement.poses[index].poses
            (found,) = detector.estimate_poses(image)
            seen = truth.keypoint_array[:, 3] >= 0.5
            away = np.linalg.norm((found.keypoint_array - truth.keypoint_array)[seen, :2], axis=1)
            assert away.mean() < 15
            assert intersection_over_union(found.segmentation.mask, figure) > 0.9
            (people,) = segmenter.segment_people(image)
            assert intersection_over_union(people.mask, figure) > 0.8


def test_two_who_pass_each_other_change_sides() -> None:
    crossing = sample("crossing")

    def x(index: int) -> list[float]:
        return [float(pose.keypoint_array[:, 0].mean()) for pose in crossing.poses[index].poses]

    farther, nearer = zip(x(0), x(crossing.length - 1), strict=True)
    assert farther[0] < nearer[0]
    assert farther[1] > nearer[1]


def test_the_mask_of_a_movement_is_where_the_figure_is() -> None:
    squats = sample("squats")
    image, covered = squats.read_at(0).image, squats.mask_at(0) >= 0.5
    wall = image[0, 0]
    assert (image[~covered] == wall).mean() > 0.99
    assert (image[covered] != wall).any(axis=-1).all()


def test_a_movement_can_be_played_again_after_stop() -> None:
    squats = sample("squats")
    for _ in range(2):
        player = Player(squats, size=(640, 480), loop=False)
        played = player.next()
        assert played is not None
        assert played.frame.index == 0
        player.close()


def test_a_movement_ends_and_has_no_frame_after_the_last() -> None:
    squats = sample("squats")
    last = squats.read_at(squats.length - 1)
    assert last.index == squats.length - 1
    assert squats.read() is None
    with pytest.raises(SourceError, match=f"no frame {squats.length} in 'squats'"):
        squats.read_at(squats.length)


def test_a_movement_shows_itself_in_a_notebook() -> None:
    shown = sample("crossing")._repr_mimebundle_()
    assert "crossing" in shown["text/html"]
    assert "2 people" in shown["text/html"]
    assert shown["text/html"].count("<img") == 4
    assert "image/jpeg" in shown


def test_a_movement_goes_where_a_source_goes() -> None:
    webcam = Webcam(sample("squats"))
    assert (webcam.source, webcam._images_label) == ("python", "squats")
    webcam.close()
    explorer = Explorer(sample("crossing"), model="full", max_poses=2)
    assert explorer.webcam.source == "python"
    explorer.close()


# --- files of others


@pytest.mark.parametrize("name", REMOTE_SAMPLES)
def test_nothing_is_downloaded_unless_a_folder_is_named(name: str) -> None:
    remote = REMOTE_SAMPLES[name]
    with pytest.raises(InvalidOptionError) as caught:
        sample(name)
    message = str(caught.value)
    for said in (remote.url, f"{remote.size / 1000:.0f} kB", "Apache-2.0", "folder='samples'"):
        assert said in message


@pytest.mark.parametrize("name", REMOTE_SAMPLES)
def test_the_address_of_a_file_is_at_a_commit(name: str) -> None:
    commit = REMOTE_SAMPLES[name].url.split("/")[5]
    assert len(commit) == 40
    assert set(commit) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("name", "folder", "size"),
    [
        ("yoga picture", "tfjs-models/pose-detection", (667, 1000)),
        ("three people", "tfjs-models/shared", None),
    ],
)
def test_a_picture_that_is_there_is_read(
    name: str, folder: str, size: tuple[int, int] | None, data_folder: Path
) -> None:
    picture = sample(name, folder=data_folder / folder)
    assert isinstance(picture, np.ndarray)
    assert size is None or picture.shape[:2] == size


def test_the_clip_that_is_there_is_opened(data_folder: Path) -> None:
    clip = sample("squats clip", folder=data_folder / "tfjs-models/pose-detection")
    assert isinstance(clip, VideoFile)
    assert clip.length == 65
    clip.close()


CONTENT = b"a picture"


@pytest.fixture
def remote() -> Iterator[RemoteSample]:
    """A file on a server of this computer."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield RemoteSample(
            "a photo",
            f"http://127.0.0.1:{http.server_port}/photo.jpg",
            hashlib.sha256(CONTENT).hexdigest(),
            len(CONTENT),
        )
        http.shutdown()
        thread.join()


def test_a_file_is_downloaded_once_with_a_progress_bar(
    remote: RemoteSample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = remote_file(remote, tmp_path / "samples")
    assert file == tmp_path / "samples" / "photo.jpg"
    assert file.read_bytes() == CONTENT
    assert "photo.jpg: 100%" in capsys.readouterr().err
    assert remote_file(remote, tmp_path / "samples") == file
    assert capsys.readouterr().err == ""
    assert [each.name for each in file.parent.iterdir()] == ["photo.jpg"]


def test_what_is_not_the_file_is_not_kept(remote: RemoteSample, tmp_path: Path) -> None:
    other = RemoteSample(remote.shows, remote.url, "0" * 64, remote.size)
    with pytest.raises(SourceError, match="What was downloaded is not a photo"):
        remote_file(other, tmp_path)
    assert not [*tmp_path.iterdir()]


def test_another_file_of_the_same_name_is_left_alone(remote: RemoteSample, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"mine")
    with pytest.raises(SourceError, match="Move it away, or choose another folder"):
        remote_file(remote, tmp_path)
    assert (tmp_path / "photo.jpg").read_bytes() == b"mine"


def test_offline_the_error_says_what_would_come_from_where_and_how_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A port that nothing listens on.
    nowhere = RemoteSample("a photo", "http://127.0.0.1:9/photo.jpg", "0" * 64, 44_100)
    monkeypatch.setattr(opening, "REMOTE_SAMPLES", {"yoga picture": nowhere})
    with pytest.raises(SourceError) as caught:
        sample("yoga picture", folder=tmp_path)
    for said in ("a photo (44 kB, Apache-2.0)", nowhere.url, "could not be reached", "offline"):
        assert said in str(caught.value)


# --- movement as a video file


def test_a_movement_is_saved_as_a_video_of_its_frames(tmp_path: Path) -> None:
    crossing = sample("crossing")
    video = VideoFile(crossing.save_video(tmp_path / "crossing.mp4"))
    try:
        assert (video.length, video.rate) == (crossing.length, crossing.rate)
        difference = video.read_at(60).image.astype(int) - crossing.frame_at(60).image
        assert np.abs(difference).mean() < 2
    finally:
        video.close()


def test_a_video_of_a_movement_replaces_nothing_unasked(tmp_path: Path) -> None:
    (tmp_path / "mine.mp4").write_text("precious")
    with pytest.raises(ExistingFileError):
        sample("crossing").save_video(tmp_path / "mine.mp4")
    with pytest.raises(InvalidOptionError, match=r"'\.mp4', but got .*mine\.avi"):
        sample("crossing").save_video(tmp_path / "mine.avi")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.mp4"]
    assert (tmp_path / "mine.mp4").read_text() == "precious"


# --- the portrait's reference


def test_the_portraits_outlines_are_those_of_the_portrait() -> None:
    reference = portrait_reference()
    assert reference.person.shape == reference.helmet.shape == sample("portrait").shape[:2]
    assert not (reference.person & reference.helmet).any()
    assert reference.person[102, 226]  # between her eyes
    assert reference.helmet[450, 400]
    assert not reference.person[5, 5]


def test_a_selfie_model_agrees_with_the_portraits_reference() -> None:
    reference = portrait_reference()
    with create_segmenter("general") as segmenter:
        (people,) = segmenter.segment_people(sample("portrait"))
    assert intersection_over_union(people.mask, reference.person | reference.helmet) > 0.95


# What BodyPix has found


def test_results_of_samples_have_parts_and_people_without_any_weights() -> None:
    (portrait,) = sample_results("portrait")
    np.testing.assert_array_equal(portrait.frame.image, sample("portrait"))
    assert portrait.model == "BodyPix MobileNetV1 0.75 quant2 (tensorflow), up to 2 people"
    assert len(portrait.segmentation.labels) == 24
    face = np.isin(portrait.mask.values, [0, 1]) & (portrait.mask >= 0.5)
    assert face[120, 225]  # between her eyes
    assert not face[300:].any()
    crossing = sample("crossing")
    results = sample_results("crossing")
    assert [result.frame.id for result in results] == [0, 15, 30, 45, 60, 75, 90, 105]
    for result in results:
        assert result.frame.timestamp == crossing.poses[result.frame.id].time
        assert int(result.mask.people.max()) == len(result.poses)
        overlap = intersection_over_union(result.mask, crossing.mask_at(result.frame.id))
        assert overlap > 0.7
    # One of the two is hidden by the other in the middle.
    assert [len(result.poses) for result in results] == [2, 2, 2, 2, 1, 2, 2, 2]


def test_results_of_other_samples_are_not_stored() -> None:
    with pytest.raises(InvalidOptionError, match="must be one of 'portrait', 'crossing', but got"):
        sample_results("yoga")


def test_the_stored_results_are_those_of_the_network(
    bodypix_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYSEG_MODELS", str(bodypix_folder))
    for stored in [*sample_results("portrait"), *sample_results("crossing")]:
        found = look_once(choose_like("BodyPix"), stored.frame, max_poses=2)
        assert found.model == stored.model
        # Processors round differently.
        away = np.abs(found.mask.levels.astype(int) - stored.mask.levels)
        assert away.max() <= 2
        assert np.mean(found.mask.model_values == stored.mask.model_values) > 0.999
        assert np.mean(found.mask.model_people == stored.mask.model_people) > 0.999
        for pose, known in zip(found.poses, stored.poses, strict=True):
            np.testing.assert_allclose(pose.keypoint_array, known.keypoint_array, atol=0.1)
