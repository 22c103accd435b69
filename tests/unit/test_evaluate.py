"""Measuring models on a dataset: the same numbers on any executor."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bodyseg_widgets import (
    Evaluation,
    InvalidOptionError,
    SourceError,
    add_model,
    create_segmenter,
    evaluate,
    pairs_in_folder,
    sample,
    video_with_masks,
)
from bodyseg_widgets.evaluation import (
    boundary_f_scores,
    count_levels,
    intersection_over_union,
    is_person,
)
from bodyseg_widgets.measuring import METRICS
from bodyseg_widgets.models import model_path
from tests.unit.dask_cluster import dask_executor
from tests.unit.labelled import (
    HEIGHT,
    PERSON,
    WIDTH,
    find_bright,
    room,
    save_image,
    save_mask,
    save_video,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

EXACT = 1e-9
EVERYONE = np.ones((HEIGHT, WIDTH), bool)


@pytest.fixture
def bright() -> str:
    """A model that finds what is bright."""
    add_model("Bright", find_bright)
    return "Bright"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pairs of two domains. Of *yoga*, one reference is larger than what is bright."""
    for name in ("yoga/a", "yoga/b", "dance/c"):
        save_image(tmp_path / "pairs" / f"{name}.png")
        save_mask(tmp_path / "pairs" / f"{name}_mask.png", PERSON)
    save_mask(tmp_path / "pairs" / "yoga" / "b_mask.png", EVERYONE)
    return tmp_path / "pairs"


def measured(dataset: Any, *models: Any, **options: Any) -> Evaluation:  # noqa: ANN401
    return evaluate(dataset, [*models], progress=False, **options)


# --- numbers -------------------------------------------------------------------------------


def test_each_image_has_the_scores_of_its_mask(folder: Path, bright: str) -> None:
    images = measured(folder, bright).images
    assert [*images["image"]] == ["dance/c.png", "yoga/a.png", "yoga/b.png"]
    assert [*images["domain"]] == ["dance", "yoga", "yoga"]
    share = PERSON.mean()
    assert [*images["iou"]] == pytest.approx([1, 1, share], abs=EXACT)
    assert [*images["share"]] == pytest.approx([share, share, 1], abs=EXACT)
    assert [*images["precision"]] == [1, 1, 1]
    assert [*images["recall"]] == pytest.approx([1, 1, share], abs=EXACT)
    # A reference that fills the image has no outline.
    assert [*images["boundary_2px"]] == [1, 1, 0]


def test_the_scores_are_those_of_the_functions_for_one_mask() -> None:
    movement = sample("squats")
    frame, reference = movement.frame_at(10).image, is_person(movement.mask_at(10), 0.5)
    row = measured([(frame, reference)], "landscape").images.iloc[0]
    with create_segmenter("landscape", num_threads=1) as segmenter:
        (people,) = segmenter.segment_people(frame)
    assert row["iou"] == intersection_over_union(people.mask, reference)
    person = is_person(people.mask, 0.5)
    assert (row["boundary_2px"], row["boundary_5px"]) == boundary_f_scores(person, reference)


def test_domains_and_shares_have_the_means_of_their_images(folder: Path, bright: str) -> None:
    evaluation = measured(folder, bright)
    by_domain = evaluation.by_domain.set_index("domain")
    share = PERSON.mean()
    assert [*by_domain.index] == ["dance", "yoga"]
    assert [*by_domain["images"]] == [1, 2]
    assert [*by_domain["iou"]] == pytest.approx([1, (1 + share) / 2], abs=EXACT)
    assert by_domain["iou_low"].isna().tolist() == [True, False]
    by_share = evaluation.by_share.set_index("share")
    assert [*by_share.index] == ["15 to 30 %", "30 % and more"]
    assert [*by_share["iou"]] == pytest.approx([1, share], abs=EXACT)
    assert evaluation.summary["iou"][0] == pytest.approx((2 + share) / 3, abs=EXACT)


def test_the_best_threshold_has_the_highest_mean_iou(folder: Path, bright: str) -> None:
    evaluation = measured(folder, bright)
    row = evaluation.summary.iloc[0]
    images = [(room(), PERSON), (room(), EVERYONE), (room(), PERSON)]
    ious = [
        np.mean(
            [
                count_levels(find_bright(image), reference).iou(level / 255)
                for image, reference in images
            ]
        )
        for level in range(256)
    ]
    assert row["best_iou"] == pytest.approx(max(ious[1:]), abs=EXACT)
    assert row["best_threshold"] == (1 + int(np.argmax(ious[1:]))) / 255
    curve = evaluation.iou_by_threshold()
    np.testing.assert_allclose(curve["iou"], ious, atol=EXACT)


def test_the_reliability_curve_is_that_of_all_pixels(folder: Path, bright: str) -> None:
    curve = measured(folder, bright).reliability(bins=2)
    dark = 3 * (~PERSON).sum()
    assert [*curve["pixels"]] == [dark, 3 * PERSON.sum()]
    assert [*curve["share"]] == pytest.approx([1 / 3, 1], abs=EXACT)
    assert [*curve["probability"]] == pytest.approx([20 / 255, 230 / 255], abs=EXACT)
    error = measured(folder, bright).summary["calibration_error"][0]
    weights = np.array([dark, 3 * PERSON.sum()]) / (3 * PERSON.size)
    expected = weights @ np.abs([20 / 255 - 1 / 3, 230 / 255 - 1])
    assert error == pytest.approx(expected, abs=EXACT)


def test_each_model_may_have_a_threshold_of_its_own(folder: Path, bright: str) -> None:
    thresholds = {"Bright": 0.05, "landscape": 0.5}
    evaluation = measured(folder, bright, "landscape", thresholds=thresholds)
    assert evaluation.thresholds == {"Bright (python)": 0.05, "Selfie landscape (tensorflow)": 0.5}
    # At 0.05, all is bright.
    of_bright = evaluation.images[evaluation.images["model"] == "Bright (python)"]
    assert [*of_bright["recall"]] == [1, 1, 1]


def test_classes_are_compared_where_model_and_truth_have_them(tmp_path: Path) -> None:
    values = np.where(PERSON, 2, 0).astype(np.uint8)
    values[0:2] = 1
    save_image(tmp_path / "a.png")
    Image.fromarray(values).save(tmp_path / "a_mask.png")
    given = values.copy()
    given[0] = 0

    def find_classes(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        del image
        return given

    add_model("Classes", find_classes, labels=["background", "hair", "person"])
    dataset = pairs_in_folder(tmp_path, classes={0: "background", 1: "hair", 2: "person", 9: "cat"})
    table = measured(dataset, "Classes").by_class.set_index("class")
    assert {*table.index} == {"background", "hair", "person"}
    assert table["iou"]["person"] == 1
    assert table["iou"]["hair"] == 0.5
    background = (values == 0).sum()
    expected = background / (background + WIDTH)
    assert table["iou"]["background"] == pytest.approx(expected, abs=EXACT)
    assert measured(dataset, "landscape").by_class.empty
    there = measured(dataset, "Classes", executor=dask_executor()).by_class.set_index("class")
    pd.testing.assert_frame_equal(there, table)


# --- comparisons ---------------------------------------------------------------------------


def test_two_models_are_compared_on_the_same_images(folder: Path, bright: str) -> None:
    add_model("Nobody", lambda image: np.zeros(image.shape[:2], np.float32))
    evaluation = measured(folder, bright, "Nobody")
    found = evaluation.compare("Bright", "Nobody")
    share = PERSON.mean()
    assert found.difference.mean == pytest.approx((2 + share) / 3, abs=EXACT)
    assert (found.a_better, found.b_better) == (1, 0)
    assert found.difference.low <= found.difference.mean <= found.difference.high
    assert "Bright (python) minus Nobody (python) is +0." in str(found)
    back = evaluation.compare("Nobody", "Bright", domain="dance")
    assert back.difference.mean == -1
    assert evaluation.compare("Bright", "Nobody", "calibration_error").a_better > 0.5


def test_an_interval_can_be_had_of_every_metric(folder: Path, bright: str) -> None:
    evaluation = measured(folder, bright)
    for metric in METRICS:
        interval = evaluation.interval(metric)
        assert np.isnan(interval.mean) == (metric in {"flicker", "motion_change"})
    assert evaluation.interval("iou", "Bright", domain="dance").mean == 1


# --- videos --------------------------------------------------------------------------------


def test_a_video_has_flicker_and_its_frames_count_together(tmp_path: Path) -> None:
    save_video(tmp_path / "clip.mp4", frames=4)
    save_video(tmp_path / "masks.mp4", frames=4, masks=True)
    seen = 0

    def find_every_other(image: NDArray[np.uint8]) -> NDArray[np.float32]:
        nonlocal seen
        seen += 1
        return find_bright(image) * (1 if seen % 2 else 0.1)

    add_model("Bright", find_bright)
    add_model("Flickers", find_every_other)
    clip = video_with_masks(tmp_path / "clip.mp4", tmp_path / "masks.mp4", domain="still")
    evaluation = measured(clip, "Bright", "Flickers")
    images = evaluation.images.set_index(["model", "frame"]).sort_index()
    assert images.loc["Bright (python)", "flicker"].isna().tolist() == [True, False, False, False]
    assert [*images.loc["Bright (python)", "flicker"][1:]] == [0, 0, 0]
    assert [*images.loc["Flickers (python)", "flicker"][1:]] == [1, 1, 1]
    assert [*images.loc["Flickers (python)", "motion_change"][1:]] == [1, 1, 1]
    assert evaluation.summary["flicker"].tolist() == [0, 1]
    # Of one video there is no interval, however many frames it has.
    assert np.isnan(evaluation.summary["iou_low"][0])


def test_pictures_have_no_columns_of_videos(folder: Path, bright: str) -> None:
    evaluation = measured(folder, bright)
    assert "flicker" not in evaluation.images
    assert "flicker" not in evaluation.summary


# --- what fails, and where it runs ---------------------------------------------------------


def broken(folder: Path) -> None:
    (folder / "yoga" / "d.png").write_bytes(b"hello")
    save_mask(folder / "yoga" / "d_mask.png")
    (folder / "yoga" / "e.png").touch()
    save_mask(folder / "yoga" / "e_mask.png")
    save_image(folder / "yoga" / "f.png")


EXECUTORS: dict[str, Callable[[], Executor | int | None]] = {
    "here": lambda: None,
    "two processes": lambda: 2,
    "a pool": lambda: ProcessPoolExecutor(2),
    "threads": lambda: ThreadPoolExecutor(2),
    "dask": dask_executor,
}


@pytest.mark.parametrize("where", EXECUTORS)
def test_results_are_the_same_wherever_they_are_computed(
    folder: Path, bright: str, where: str
) -> None:
    broken(folder)
    expected = measured(folder, bright, "landscape")
    executor = EXECUTORS[where]()
    evaluation = measured(folder, bright, "landscape", executor=executor)
    if isinstance(executor, ThreadPoolExecutor | ProcessPoolExecutor):
        executor.shutdown()
    pd.testing.assert_frame_equal(evaluation.images, expected.images, check_exact=True)
    pd.testing.assert_frame_equal(evaluation.by_domain, expected.by_domain, check_exact=True)
    assert [each.name for each in evaluation.failed] == ["yoga/d.png", "yoga/e.png", "yoga/f.png"]
    assert evaluation.failed == expected.failed
    reasons = [each.reason for each in evaluation.failed]
    for reason, said in zip(reasons, ["not an image", "is empty", "no mask for"], strict=True):
        assert said in reason


def test_a_file_that_was_added_as_a_model_runs_in_other_processes(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.tflite"
    file.write_bytes(model_path("selfie_landscape").read_bytes())
    add_model("Mine", file)
    here = measured(folder, "Mine").images
    there = measured(folder, "Mine", executor=1).images
    pd.testing.assert_frame_equal(here, there, check_exact=True)


def test_a_function_that_other_processes_cannot_import_says_so(folder: Path) -> None:
    add_model("Local", lambda image: np.zeros(image.shape[:2], np.float32))
    with pytest.raises(SourceError, match=r"None of the 3 .*[Pp]ickl"):
        measured(folder, "Local", executor=1)


def test_a_function_of_a_notebook_goes_to_a_cluster(folder: Path) -> None:
    add_model("Local", lambda image: (image.mean(axis=2) / 255).astype(np.float32))
    here, there = (measured(folder, "Local", executor=each) for each in (None, dask_executor()))
    pd.testing.assert_frame_equal(here.images, there.images, check_exact=True)


def test_where_nothing_can_be_measured_the_first_reason_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"hello")
    save_mask(tmp_path / "a_mask.png")
    with pytest.raises(SourceError, match=r"None of the 1 .*'a\.png': The file .* not an image"):
        measured(tmp_path, "landscape")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"thresholds": 50}, "A threshold must be a probability"),
        ({"thresholds": "half"}, "A threshold must be a probability"),
        ({"thresholds": {"full": 0.5}}, "none for 'Selfie landscape"),
        ({"executor": 0}, "number of processes"),
        ({"max_poses": 0}, "max_poses"),
    ],
)
def test_an_option_that_cannot_be_is_refused(
    folder: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidOptionError, match=message):
        measured(folder, "landscape", **options)


@pytest.mark.parametrize(
    ("models", "message"),
    [([], "at least one model"), (["full", "full"], "named twice"), (["x"], "x")],
)
def test_models_that_cannot_be_are_refused(folder: Path, models: list[str], message: str) -> None:
    with pytest.raises(InvalidOptionError, match=message):
        measured(folder, *models)


def test_one_model_needs_no_list(folder: Path) -> None:
    evaluation = evaluate(folder, "landscape", progress=False)
    assert evaluation.models == ("Selfie landscape (tensorflow)",)
    with pytest.raises(InvalidOptionError, match="was not measured here"):
        evaluation.interval("iou", "full")
    with pytest.raises(InvalidOptionError, match="metric must be one of"):
        evaluation.interval("dice")
    with pytest.raises(InvalidOptionError, match="domain must be"):
        evaluation.interval("iou", domain="hiit")


# --- looks ---------------------------------------------------------------------------------


def test_charts_show_the_numbers_of_the_tables(folder: Path, bright: str) -> None:
    evaluation = measured(folder, bright, "landscape")
    heat = evaluation.plot_heatmap().data[0]
    by_domain = evaluation.by_domain.pivot_table(index="model", columns="domain", values="iou")
    assert [*heat.x] == ["dance", "yoga"]
    for model, values in zip(heat.y, heat.z, strict=True):
        assert [*values] == pytest.approx([*by_domain.loc[model]])
    table = evaluation.plot_table("share").data[0]
    assert [*table.header["values"]] == ["share", "images", *evaluation.models]
    assert table.cells["values"][2][0] == "1.000 [1.000, 1.000]"
    diagonal, *curves = evaluation.plot_reliability().data
    assert [*diagonal.x] == [0, 1]
    assert [each.name.partition(",")[0] for each in curves] == [*evaluation.models]
    assert len(evaluation.plot_thresholds().data) == 4


def test_the_worst_images_come_first_with_what_the_model_found(folder: Path, bright: str) -> None:
    gallery = measured(folder, bright).worst(2)
    first = gallery.images[0]
    assert (first.name, first.domain) == ("yoga/b.png", "yoga")
    np.testing.assert_array_equal(first.person, EVERYONE)
    np.testing.assert_array_equal(is_person(first.mask, 0.5), PERSON)
    assert len(gallery.images) == 2
    assert "'yoga/b.png' 0.250" in repr(gallery)
    with pytest.raises(InvalidOptionError, match="count must be at least 1"):
        measured(folder, bright).worst(0)


def test_notebooks_show_an_evaluation_and_a_gallery(folder: Path, bright: str) -> None:
    broken(folder)
    evaluation = measured(folder, bright)
    html = evaluation._repr_html_()
    for said in ("Bright (python)", "3 images", "2 domains", "3 could not be measured", "d.png"):
        assert said in html
    bundle = evaluation.worst(1)._repr_mimebundle_()
    assert bundle["text/html"].count("<img") == 4
    for said in ("IoU 0.250", "missed", "reference of yoga/b.png"):
        assert said in bundle["text/html"]
    assert "image/jpeg" in bundle


def test_records_are_plain_values(folder: Path, bright: str) -> None:
    records = measured(folder, bright).records("domain")
    assert json.loads(json.dumps(records))[1]["images"] == 2
