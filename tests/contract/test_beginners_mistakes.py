"""What beginners write, and what they are told: the value given, what is allowed, and the fix.

``python -m tests.contract.test_beginners_mistakes`` prints the table.
"""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pytest
from PIL import Image

import bodyseg_widgets as bs
from bodyseg_widgets import evaluation
from tests.poses import make_pose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IMAGE = np.zeros((48, 64, 3), np.uint8)


@dataclass(frozen=True)
class Mistake:
    """A line of code, and what its error says.

    Attributes
    ----------
    code : str
        What is written; the names that it uses are in `things`.
    given, allowed, fix : str
        Parts of the message, as regular expressions.
    """

    code: str
    given: str
    allowed: str
    fix: str


MISTAKES = [
    # --- names of the package
    Mistake("bs.createSegmenter", "'createSegmenter'", "", "mean 'create_segmenter'"),
    Mistake("from bodyseg_widgets import Explore", "'Explore'", "", "mean 'Explorer'"),
    Mistake("bs.segmentPeople(image)", "'segmentPeople'", "method of", "general.*segment_people"),
    # --- segmenters and detectors
    Mistake("bs.create_segmenter()", "nothing", "needs 'model'", r"create_segmenter\(model, …\)"),
    Mistake("bs.create_segmenter('genral')", "genral", "'landscape'", "mean 'general'"),
    Mistake("bs.create_segmenter('lite')", "'lite'", "'general', 'landscape'", "create_detector"),
    Mistake(
        "bs.create_segmenter('general', modelType='landscape')",
        "'modelType'",
        "'model', 'runtime'",
        "mean 'model_type'",
    ),
    Mistake(
        "bs.create_segmenter('general', {'runtime': 'mediapipe'})",
        "{'runtime': 'mediapipe'}",
        "by name",
        r"create_segmenter\('general', runtime='mediapipe'\)",
    ),
    Mistake(
        "bs.create_segmenter('general', runtime='tfjs')",
        "got tfjs",
        "'tensorflow' or 'mediapipe'",
        "mean 'tensorflow'",
    ),
    Mistake(
        "bs.create_segmenter(('BlazePose', 'lite'))",
        r"^\('BlazePose', 'lite'\)",
        "'general', 'landscape'",
        "pass it to create_detector",
    ),
    Mistake("bs.create_detector('general')", "'general'", "'lite', 'full'", "create_segmenter"),
    Mistake("segmenter.segmentPeople(image)", "'segmentPeople'", "", "mean 'segment_people'"),
    Mistake(
        "segmenter.segment_people(image, flipHorizontal=True)",
        "'flipHorizontal'",
        "'image', 'flip_horizontal'",
        "mean 'flip_horizontal'",
    ),
    Mistake("segmenter.segment_people('my.jpg')", "'my.jpg'", "looked in", "Check the path"),
    Mistake("segmenter.segment_people(image / 255)", "float64", "uint8", r"\(image \* 255\)"),
    Mistake(
        "detector.estimate_poses(image, maxPoses=2)",
        "'maxPoses'",
        "'image', 'max_poses'",
        "mean 'max_poses'",
    ),
    # --- results
    Mistake("people.probability", "'probability'", "", r"\.mask\.probability"),
    Mistake("mask.mean()", "'mean'", "", r"\.probability\.mean"),
    Mistake("mask.toImageData()", "'toImageData'", "", "mean 'to_image_data'"),
    Mistake("Image.fromarray(mask)", "A Mask", "", r"mask\.to_pil\(\)"),
    Mistake("pose.segmentation", "no segmentation", "", "enable_segmentation=True"),
    Mistake("pose.keypoints3D", "'keypoints3D'", "", "mean 'keypoints_3d'"),
    Mistake("bs.joint_angle(pose, 'left_nee')", "'left_nee'", "'right_knee'", "mean 'left_knee'"),
    # --- drawing
    Mistake(
        "bs.draw_bokeh_effect(image, people, backgroundBlurAmount=8)",
        "'backgroundBlurAmount'",
        "'edge_blur_amount'",
        "mean 'background_blur_amount'",
    ),
    Mistake(
        "bs.draw_bokeh_effect(image, mask)", "got Mask", "Segmentation", r"Segmentation\(mask\)"
    ),
    Mistake("bs.draw_mask(image, people)", "Segmentation", "", r"to_binary_mask\(segmentation\)"),
    Mistake(
        "bs.to_binary_mask(people, foreground_threshold=50)", "got 50", "from 0 to 1", "50 % as 0.5"
    ),
    Mistake(
        "bs.intersection_over_union(people, people)", "Segmentation", "'shape'", r"\.mask\.shape"
    ),
    Mistake("bs.to_binary_mask(people, 'teel')", "'teel'", "three or four", "mean 'teal'"),
    Mistake(
        "bs.side_by_side(image, image, captions='before')",
        "got 'before'",
        "each of the 2 images",
        "a list with one text",
    ),
    Mistake(
        "bs.side_by_side([image, image])", "got a list", "one by one", r"side_by_side\(\*images\)"
    ),
    Mistake(
        "evaluation.sweep_all([mask, mask])", "a list", "a dict of masks", "Name each: {'general'"
    ),
    Mistake(
        "evaluation.profile_all(mask, (0, 0), (9, 9))", "got Mask", "dict of masks", "Name each"
    ),
    Mistake("evaluation.compare_all({'a': mask}, 0.5)", "got 0.5", "a dict", r"fromkeys\(masks"),
    Mistake("evaluation.sweep(mask, mask)", "got Mask", "array of bool", "reference >= 0.5"),
    Mistake(
        "evaluation.sweep(mask, mask.probability)", "float32", "array of bool", "reference >= 0.5"
    ),
    # --- custom models and effects
    Mistake("bs.add_model('Bad', 5)", "got 5", r"\(image\) -> probability", "by its name"),
    Mistake("bs.add_model('full', print)", "'full'", "other than 'BlazePose'", "'My model'"),
    Mistake("bs.ShaderEffect('color = x;')", "'color = x;'", "void main", r"void main\(\) {"),
    Mistake("bs.effect(5)", "got 5", r"\(frame, result", "above a def"),
    # --- sources
    Mistake("bs.Webcam(0)", "got 0", "a path, an image", "source='kernel camera'"),
    Mistake("bs.Webcam('missing.mp4')", "'missing.mp4'", "looked in", "Check the path"),
    Mistake("webcam.load('no/clip.mp4')", "'no/clip.mp4'", "looked in", "Check the path"),
    Mistake("bs.Webcam('sample')", "'sample'", "", r"mean Webcam\(source='sample'\)"),
    Mistake("bs.Webcam(source='scren')", "'scren'", "'camera', 'screen'", "mean 'screen'"),
    Mistake("bs.Webcam('squats')", "'squats'", "", r"mean Webcam\(source='squats'\)"),
    Mistake("bs.sample('squat')", "'squat'", "'portrait', 'squats'", "mean 'squats'"),
    Mistake("bs.sample('squats').save_video('a.avi')", "a.avi'", "as '.mp4'", "this extension"),
    Mistake("bs.sample('yoga picture')", "44 kB", "https://raw", "folder='samples'"),
    Mistake("bs.Webcam(frame_rate=0)", "got 0", "a whole number", "from 1 to 120"),
    # --- streams and views
    Mistake("bs.SegmentationStream('general')", "'general'", "a Webcam", r"Webcam\(source\)"),
    Mistake("bs.SegmentationStream(webcam, model='ful')", "^ful", "'full', 'heavy'", "mean 'full'"),
    Mistake("stream.model = 'lite'", "'lite'", "'BlazePose'", r"choose\('lite'\)"),
    Mistake("stream.on_result(print())", "None", r"\(result\)", "without parentheses"),
    Mistake("bs.SegmentationView(webcam)", "a Webcam", "a SegmentationStream", r"Stream\(webcam\)"),
    Mistake("bs.SegmentationView(explorer)", "an Explorer", "SegmentationStream", r"its \.stream"),
    Mistake("bs.SegmentationView(stream, view='heatmp')", "'heatmp'", "'mask',", "mean 'heatmap'"),
    Mistake("view.treshold = 0.3", "'treshold'", "", "mean 'threshold'"),
    Mistake("view.threshold = 30", "got 30", "from 0 to 1", "as 0.3"),
    Mistake("view.effect = 'bokhe'", "'bokhe'", "'bokeh', 'mask'", "mean 'bokeh'"),
    Mistake(
        "view.show_effect('bokeh', blur_amount=12)",
        "'blur_amount'",
        "'background_blur_amount', ",
        "mean '.*blur_amount'",
    ),
    # --- Explorer and Compare
    Mistake("bs.Explorer('genral')", "'genral'", "no file", "mean the model 'general'"),
    Mistake("bs.Explorer(treshold=0.3)", "'treshold'", "'webcam', 'models'", "mean 'threshold'"),
    Mistake("bs.Explorer(show='poses')", "'poses'", "'pose', 'difference'", "mean 'pose'"),
    Mistake("explorer.treshold = 0.3", "'treshold'", "", "mean 'threshold'"),
    Mistake("explorer.view = 'heatmap'", "'view'", "cannot be set", r"Set \.view\.view"),
    Mistake("explorer.model = 'lite'", "'model'", "", r"stream\.choose\('lite'\)"),
    Mistake("explorer.on_result(print)", "'on_result'", "", r"\.stream\.on_result"),
    Mistake("bs.Compare('general', 'lite')", "'lite'", "a source", r"\['general', 'lite'\]"),
    Mistake("bs.Compare(['general'] * 7)", "got 7", "1 to 6", "must list"),
    # --- plots and recorders
    Mistake("bs.LandmarkPlot3D(pose)", "a Pose", "a SegmentationStream", r"draw_skeleton\(image"),
    Mistake("bs.LandmarkPlot3D(stream, trail='left_wirst')", "wirst", "'nose', ", "mean 'left_wri"),
    Mistake("bs.PoseTimePlot(stream, 'left_nee')", "'left_nee'", "'left_knee'", "mean 'left_knee'"),
    Mistake("bs.PoseRecorder(webcam)", "a Webcam", "SegmentationStream", r"Stream\(webcam\)"),
    Mistake("bs.ProfilePlot(explorer)", "an Explorer", "a list of panels", r"its \.panels"),
    Mistake("bs.DifferenceView(stream, stream)", "Stream", "a SegmentationView", r"View\(stream\)"),
    Mistake("bs.ViewRecorder(path='film.avi')", "'film.avi'", "'.webm' or '.mp4'", "must end in"),
    Mistake("bs.save_poses(pose, 'a.csv')", "a Pose", "a DataFrame", "poses_to_dataframe"),
]


class Things(dict[str, Any]):
    """What the mistakes are made with, made when it is first named, and closed at the end."""

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self.update(bs=bs, evaluation=evaluation, Image=Image, image=IMAGE)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - a thing of any kind
        if name not in MAKERS:
            raise KeyError(name)
        self[name] = made = MAKERS[name](self)
        if hasattr(made, "close"):
            self._stack.callback(made.close)
        if hasattr(made, "dispose"):
            self._stack.callback(made.dispose)
        return made


MAKERS: dict[str, Callable[[Things], Any]] = {
    "segmenter": lambda _: bs.create_segmenter("general"),
    "detector": lambda _: bs.create_detector("lite"),
    "people": lambda _: bs.Segmentation(bs.Mask.from_levels(IMAGE[..., 0].copy(), size=(48, 64))),
    "mask": lambda things: things["people"].mask,
    "pose": lambda _: make_pose(),
    "webcam": lambda _: bs.Webcam(source="sample"),
    "stream": lambda things: bs.SegmentationStream(things["webcam"], model="full"),
    "view": lambda things: bs.SegmentationView(things["stream"]),
    "explorer": lambda _: bs.Explorer(bs.Webcam(source="sample")),
}


@pytest.fixture
def things() -> Iterator[Things]:
    with Things() as made:
        yield made


def make(mistake: Mistake, things: Things) -> None:
    exec(mistake.code, {}, things)  # noqa: S102 - written above


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_a_mistake_is_answered_with_what_was_given_what_is_allowed_and_the_fix(
    mistake: Mistake, things: Things
) -> None:
    with pytest.raises(bs.BodySegError) as caught:
        make(mistake, things)
    message = str(caught.value)
    for part in (mistake.given, mistake.allowed, mistake.fix):
        assert re.search(part, message), message


SHORT: dict[str, Callable[[], Any]] = {
    "Explorer('general')": lambda: bs.Explorer("general"),
    "Explorer(model='lite')": lambda: bs.Explorer(model="lite"),
    "Explorer(['general', 'lite'])": lambda: bs.Explorer(["general", "lite"]),
    "Explorer(models='lite')": lambda: bs.Explorer(models="lite"),
    "Compare('general')": lambda: bs.Compare("general"),
    "Compare('general', show='thresholds')": lambda: bs.Compare("general", show="thresholds"),
}


@pytest.mark.parametrize("door", SHORT)
def test_a_short_name_opens_every_explorer(door: str) -> None:
    explorer = SHORT[door]()
    wanted = re.findall(r"general|lite", door)
    assert [panel.stream.model_type for panel in explorer.panels] == wanted
    explorer.close()


def test_a_stream_takes_short_names() -> None:
    webcam = bs.Webcam(source="sample")
    stream = bs.SegmentationStream(webcam, model="lite")
    assert stream.choice.label == "BlazePose lite (tensorflow)"
    stream.choose("landscape")
    assert stream.choice.label == "Selfie landscape (tensorflow)"
    stream.choose(("BlazePose", "heavy", "mediapipe"))
    assert stream.choice.label == "BlazePose heavy (mediapipe)"
    stream.close()
    webcam.close()


def test_one_name_is_as_good_as_a_list_of_one() -> None:
    webcam = bs.Webcam(source="sample")
    stream = bs.SegmentationStream(webcam, model="lite")
    plot = bs.PoseTimePlot(stream, "left_knee")
    assert plot.series == ["left_knee"]
    plot.series = "left_wrist.y"
    assert plot.series == ["left_wrist.y"]
    tabs = bs.ViewTabs(views="mask")
    for widget in (tabs, plot, stream, webcam):
        widget.close()


# Those take an effect's own arguments, so that any name may be one.
TAKE_PARAMETERS = {"apply_effect", "segment_files"}
PUBLIC_FUNCTIONS = [
    name
    for name in bs.__all__
    if name.islower() and callable(getattr(bs, name)) and name not in TAKE_PARAMETERS
]


@pytest.mark.parametrize("name", PUBLIC_FUNCTIONS)
def test_every_public_function_says_which_arguments_it_takes(name: str) -> None:
    with pytest.raises(bs.UnknownArgumentError, match=rf"^{name} takes no argument 'imge'\. It"):
        getattr(bs, name)(imge=IMAGE)


def test_a_mask_is_an_array_to_numpy_and_a_picture_to_pillow() -> None:
    probability = np.array([[0, 0.25], [0.5, 1]], np.float32)
    mask = bs.Mask(probability, size=(2, 2), model_size=(2, 2))
    assert np.asarray(mask) is mask.probability
    assert mask.shape == (2, 2)
    assert (mask >= 0.5).tolist() == [[False, False], [True, True]]
    assert (1 - mask)[0, 1] == mask[1, 1] - mask[0, 1] == 0.75
    assert np.array(mask, dtype=np.float64).dtype == np.float64
    np.array(mask)[0, 0] = 1
    assert mask[0, 0] == 0
    assert np.asarray(mask.to_pil()).tolist() == [[0, 64], [128, 255]]
    assert {mask: 1}[mask] == 1
    assert mask != bs.Mask(probability, size=(2, 2), model_size=(2, 2))
    with pytest.raises(bs.InvalidOptionError, match=r"np\.array\(mask\)"):
        mask += 1


def main() -> None:
    """Print the table of mistakes and messages."""
    for mistake in MISTAKES:
        with Things() as things:
            try:
                make(mistake, things)
            except bs.BodySegError as error:
                sys.stdout.write(f"| `{mistake.code}` | {type(error).__name__}: {error} |\n")


if __name__ == "__main__":
    main()
