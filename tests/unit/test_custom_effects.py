"""Custom effects: valid forms, and how bad ones are handled."""

from __future__ import annotations

import asyncio
import enum
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from traitlets import TraitError

from bodyseg_widgets import (
    Color,
    EffectError,
    Frame,
    InvalidImageError,
    InvalidOptionError,
    Mask,
    Range,
    Result,
    Segmentation,
    SegmentationStream,
    SegmentationView,
    ShaderEffect,
    Timings,
    Webcam,
    effect,
)
from bodyseg_widgets.streaming.effects import (
    BUILTIN_EFFECTS,
    CUSTOM_EFFECTS,
    EffectRun,
    EffectRunner,
)
from bodyseg_widgets.streaming.effects.parameters import Number, describe
from bodyseg_widgets.widgets.transport.frame_ticket import Route
from bodyseg_widgets.widgets.view.view_effects import DroppedValueWarning, describe_builtin_effects
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bodyseg_widgets.widgets.transport.messages import EffectErrorMessage, EffectResultMessage

FRAME = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def _result(number: int = 1) -> Result:
    mask = Mask.from_levels(np.full((1, 1), 255, np.uint8), size=(4, 6))
    return Result(Frame(number, FRAME.copy(), 0.0), Segmentation(mask), Timings())


@pytest.fixture
def view() -> Iterator[SegmentationView]:
    webcam = Webcam(source="sample")
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream)
    yield view
    view.close()
    stream.close()
    webcam.close()


# --- @effect


def test_every_kind_of_annotation_becomes_a_control() -> None:
    @effect
    def all_kinds(
        frame,
        result,
        strength: Annotated[float, Range(0, 2)] = 0.5,
        cells: Annotated[int, Range(1, 9, step=2)] = 3,
        gamma: float = 2.2,
        count: int = 7,
        tint: Color = "teal",
        style: Literal["soft", "hard"] = "hard",
        outline: bool = True,
        scenery: NDArray[np.uint8] | None = None,
        poster: Image.Image | None = None,
        plain=0.25,
        previous=None,
    ) -> NDArray[np.uint8]:
        return frame

    common = {"name", "label", "help", "trait", "shown_if", "default"}
    controls = {
        name: {key: value for key, value in describe(each).items() if key not in common}
        for name, each in all_kinds.parameters.items()
    }
    number = {"kind": "number", "whole": False, "low": None, "high": None, "step": None}
    number["unit"] = ""
    assert controls == {
        "strength": {**number, "low": 0, "high": 2, "step": 0.02},
        "cells": {**number, "whole": True, "low": 1, "high": 9, "step": 2},
        "gamma": number,
        "count": {**number, "whole": True},
        "tint": {"kind": "color", "suggested": None},
        "style": {"kind": "choice", "options": ["soft", "hard"]},
        "outline": {"kind": "switch"},
        "scenery": {"kind": "image"},
        "poster": {"kind": "image"},
        "plain": number,
    }
    values = all_kinds.checked({"strength": 2, "gamma": 1, "cells": 3.0})
    assert values["tint"] == Color(0, 128, 128)
    # A page has no 2.0: a float is one at whole numbers, too.
    assert [type(values[name]) for name in ("strength", "gamma", "cells")] == [float, float, int]
    assert all_kinds.wants_previous


def test_an_effect_can_be_called_and_checks_what_it_is_given() -> None:
    @effect(name="Dimmed")
    def dim(frame, result, by: Annotated[float, Range(0, 1)] = 0.5, poster: Image.Image = None):
        assert poster is None or isinstance(poster, Image.Image)
        return (frame * (1 - by)).astype(np.uint8)

    assert CUSTOM_EFFECTS["Dimmed"] is dim
    assert repr(dim) == "<effect 'Dimmed': by, poster>"
    np.testing.assert_array_equal(dim(FRAME, _result()), (FRAME * 0.5).astype(np.uint8))
    np.testing.assert_array_equal(dim(FRAME, _result(), by=0, poster=FRAME), FRAME)
    with pytest.raises(InvalidOptionError, match=r"'Dimmed' has no parameter 'much'; it has 'by'"):
        dim(FRAME, _result(), much=1)
    with pytest.raises(InvalidOptionError, match="by must be from 0 to 1, but got 2"):
        dim(FRAME, _result(), by=2)


class _Choice(enum.Enum):
    A = "a"


def _no_default(frame, result, by: float): ...
def _no_control(frame, result, by: list[int] = None): ...
def _no_result(frame): ...
def _any(frame, result, **params): ...
def _out(frame, result, by: Annotated[float, Range(0, 1)] = 5): ...
def _unknown(frame, result, by: Unheard = 5): ...  # noqa: F821
def _fraction(frame, result, by: int = 0.5): ...
def _clear(frame, result, by: Color = (1, 2, 3, 4)): ...
def _enum(frame, result, by: Literal[_Choice.A] = _Choice.A): ...
def _nothing(frame, result, by: Literal["a", None] = "a"): ...  # noqa: PYI061
def _listed(frame, result, by: [1, 2] = 1): ...
def _none_of(frame, result, by: Literal["a", "b"] = "c"): ...


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (_no_default, "'by' of the effect '_no_default' needs a default"),
        (_no_control, "gets its control by its annotation, one of Annotated"),
        (_no_result, r"must be a function \(frame, result, \*\*params\) -> image, but is"),
        (_any, "'params' of the effect '_any' stands for any others"),
        (_out, "cannot be like this: by must be from 0 to 1, but got 5"),
        (_unknown, "cannot be read: name 'Unheard' is not defined"),
        (_fraction, "by must be a whole number, but got 0.5"),
        (_clear, "by must be an opaque color"),
        (_enum, "must be words, whole numbers or truth values, but are <_Choice.A"),
        (_nothing, "but are 'a', None"),
        (_listed, "gets its control by its annotation"),
        (_none_of, "by must be one of 'a', 'b', but got 'c'"),
        (lambda frame, result: frame, "A lambda has no name"),
        ("a text", "makes a function .* an effect, but got 'a text'"),
    ],
)
def test_what_is_no_effect_is_refused_with_the_reason(function: Any, said: str) -> None:
    with pytest.raises(InvalidOptionError, match=said):
        effect(function)
    assert "_no_default" not in CUSTOM_EFFECTS


@pytest.mark.parametrize("name", ["", "  ", "bokeh", 7])
def test_a_name_that_is_taken_or_none_is_refused(name: Any) -> None:
    with pytest.raises(InvalidOptionError, match="must be some text other than 'bokeh'"):
        effect(name=name)(lambda frame, result: frame)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1, 1), "from a lower to a higher number, but got 1 to 1"),
        ((0, float("inf")), "must be a number, but got inf"),
        ((0, 1, 2), "must be in it, 0 to 1, but got 2"),
        ((0, 1, 0.5, 0), "must be above 0, but got 0"),
        (("0", 1), "must be a number, but got '0'"),
    ],
)
def test_a_range_is_one(arguments: Any, said: str) -> None:
    with pytest.raises(InvalidOptionError, match=said):
        Range(*arguments)


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [(0, 1, 0.01), (0.2, 1.5, 0.01), (0, 0.05, 0.0005), (0, 0.03, 0.0002), (-100, 100, 2)],
)
def test_a_slider_goes_in_round_steps(low: float, high: float, step: float) -> None:
    assert describe(Number("by", low, low=low, high=high))["step"] == step


def test_an_effect_of_an_effect_is_one_of_the_function_and_attributes_do_not_get_in() -> None:
    def shift(frame, result, by: int = 2):
        return frame

    shift.name = "bokeh"
    first = effect(name="first")(shift)
    second = effect(name="second")(first)
    assert (first.name, second.name, second.function) == ("first", "second", shift)
    assert [*second.parameters] == ["by"]


# --- running one


def test_previous_is_the_last_good_picture_and_the_same_for_the_same_frame() -> None:
    handed: list[Any] = []

    @effect
    def count(frame, result, previous=None):
        handed.append(previous)
        if result.frame.id == 2:
            raise ValueError
        return np.full_like(frame, result.frame.id)

    run = EffectRun(count)
    first = _result(1)
    run.image(first, {}, "")
    run.image(first, {}, "")
    # A pause shows it again.
    run.image(_result(1), {}, "")
    assert handed == [None, None, None]
    with pytest.raises(EffectError):
        run.image(_result(2), {}, "")
    run.image(_result(3), {}, "")
    assert [each[0, 0, 0] for each in handed[3:]] == [1, 1]


def test_of_another_size_there_is_no_previous_picture() -> None:
    @effect
    def keep(frame, result, previous=None):
        assert previous is None
        return frame

    run = EffectRun(keep)
    run.image(_result(), {}, "")
    mask = Mask.from_levels(np.zeros((1, 1), np.uint8), size=(2, 2))
    small = Frame(2, np.zeros((2, 2, 3), np.uint8), 0.0)
    run.image(Result(small, Segmentation(mask), Timings()), {}, "")


def test_an_effect_cannot_write_into_the_frame_that_others_have_too() -> None:
    def scribble(frame, result):
        frame[:] = 0

    result = _result()
    with pytest.raises(EffectError, match="raised ValueError at here: assignment destination"):
        EffectRun(scribble).image(result, {}, "here")
    np.testing.assert_array_equal(result.frame.image, FRAME)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "must return an image, but did not at here: .* got NoneType"),
        (FRAME / 255, "float64"),
        (FRAME[:2], "of the frame's size, 6x4 .* but at here it returned 6x2"),
        (FRAME[..., :2], r"shape \(4, 6, 2\)"),
    ],
)
def test_what_is_no_picture_of_the_frames_size_is_refused(given: Any, said: str) -> None:
    with pytest.raises(InvalidImageError, match=said):
        EffectRun(lambda frame, result: given).image(_result(), {}, "here")


@pytest.mark.parametrize("picture", [FRAME[..., 0], Image.fromarray(FRAME), np.dstack([FRAME] * 2)])
def test_any_kind_of_picture_is_one(picture: Any) -> None:
    picture = picture[..., :4] if isinstance(picture, np.ndarray) and picture.ndim == 3 else picture
    made = EffectRun(lambda frame, result: picture).image(_result(), {}, "")
    assert made.shape == FRAME.shape


def test_what_an_effect_is_handed_cannot_be_changed_for_later() -> None:
    poster = np.full((2, 2, 3), 100, np.uint8)

    @effect
    def careless(frame, result, picture: np.ndarray | None = poster, previous=None):
        for each in (picture, previous):
            if each is not None:
                assert not each.flags.writeable
        made = np.full_like(frame, picture[0, 0, 0])
        buffers.append(made)
        return made

    buffers: list[Any] = []
    run = EffectRun(careless)
    result = _result(1)
    run.image(result, {}, "")
    poster[:] = 7
    buffers[0][:] = 9
    assert run.image(_result(2), {}, "")[0, 0, 0] == 100
    assert run._before is not None
    assert run._before[0, 0, 0] == 100


class _Unreadable:
    def __array__(self, *_: object) -> NDArray[np.uint8]:
        raise RuntimeError("no memory")


class _MuteError(Exception):
    def __str__(self) -> str:
        raise KeyError("text")


def _closed_picture() -> Image.Image:
    picture = Image.fromarray(FRAME)
    picture.close()
    return picture


def _raise(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (_closed_picture, "closed image"),
        (_Unreadable, "no memory"),
        (lambda: _raise(_MuteError()), "its text cannot be read: KeyError"),
        (lambda: _raise(SystemExit(3)), "SystemExit"),
        (lambda: _raise(KeyboardInterrupt()), "KeyboardInterrupt"),
        (lambda: _raise(asyncio.CancelledError()), "CancelledError"),
    ],
)
def test_whatever_happens_is_told_and_the_thread_goes_on(body: Any, said: str) -> None:
    @effect
    def odd(frame, result):
        return body() if result.frame.id == 1 else np.full_like(frame, 5)

    told = _Told()
    runner: EffectRunner[str] = EffectRunner(odd, params=dict, made=told.made, failed=told.failed)
    runner.offer("", _result(1))
    told.wait_for(lambda: bool(told.messages))
    assert said in told.messages[0]
    runner.offer("", _result(2))
    told.wait_for(lambda: told.pictures == [5])
    runner.close(wait=10)


def test_an_endless_recursion_is_told_in_few_lines() -> None:
    def deeper(frame, result):
        return deeper(frame, result)

    told = _Told()
    runner: EffectRunner[str] = EffectRunner(
        effect(name="deeper")(deeper), params=dict, made=told.made, failed=told.failed
    )
    runner.offer("", _result(1))
    told.wait_for(lambda: bool(told.errors))
    runner.close(wait=10)
    assert len(told.errors[0].splitlines()) < 40
    assert "more calls" in told.errors[0]


def test_an_effect_runs_in_the_context_of_the_cell_that_made_it() -> None:
    cell: ContextVar[str] = ContextVar("cell", default="none")
    cell.set("of the effect")
    ran_in: list[str] = []

    @effect
    def mine(frame, result):
        ran_in.append(cell.get())
        return frame

    cell.set("of the view")
    told = _Told()
    runner: EffectRunner[str] = EffectRunner(mine, params=dict, made=told.made, failed=told.failed)
    runner.offer("", _result(1))
    told.wait_for(lambda: bool(told.pictures))
    runner.close(wait=10)
    assert ran_in == ["of the effect"]


def test_what_led_to_an_error_is_told_first() -> None:
    @effect
    def chained(frame, result):
        try:
            {}["key"]
        except KeyError as error:
            raise ValueError("no such thing") from error

    told = _Told()
    runner: EffectRunner[str] = EffectRunner(
        chained, params=dict, made=told.made, failed=told.failed
    )
    runner.offer("", _result(1))
    told.wait_for(lambda: bool(told.errors))
    runner.close(wait=10)
    first, second = told.errors[0].split("Which caused:")
    assert "KeyError: 'key'" in first
    assert "ValueError: no such thing" in second


class _Told:
    """What a runner reports, and when."""

    def __init__(self) -> None:
        self.pictures: list[int] = []
        self.errors: list[str] = []
        self.messages: list[str] = []
        self.came = threading.Condition()

    def made(self, origin: str, made: Any) -> None:
        with self.came:
            self.pictures.append(int(made.image[0, 0, 0]))
            self.came.notify()

    def failed(self, origin: str, error: Exception, text: str) -> None:
        with self.came:
            self.errors.append(text)
            self.messages.append(str(error))
            self.came.notify()

    def wait_for(self, what: Callable[[], bool]) -> None:
        with self.came:
            assert self.came.wait_for(what, timeout=10)


def test_a_runner_takes_the_newest_result_and_looks_again_when_asked() -> None:
    begun, go_on = threading.Event(), threading.Event()

    @effect
    def slow(frame, result, by: int = 0):
        begun.set()
        go_on.wait(10)
        return np.full_like(frame, result.frame.id + by)

    told, params = _Told(), {"by": 0}
    runner: EffectRunner[str] = EffectRunner(
        slow, params=lambda: params, made=told.made, failed=told.failed
    )
    runner.offer("first", _result(1))
    begun.wait(10)
    for number in (2, 3, 4):
        runner.offer("more", _result(number))
    go_on.set()
    told.wait_for(lambda: len(told.pictures) == 2)
    assert told.pictures == [1, 4]
    params["by"] = 100
    runner.again()
    told.wait_for(lambda: len(told.pictures) == 3)
    assert told.pictures[-1] == 104
    runner.close(wait=10)
    assert not [each for each in threading.enumerate() if each.name == "bodyseg-effect-slow"]


def test_what_an_ended_runner_was_at_is_not_told() -> None:
    begun, go_on = threading.Event(), threading.Event()

    @effect
    def stuck(frame, result):
        begun.set()
        go_on.wait(10)
        return frame

    told = _Told()
    runner: EffectRunner[str] = EffectRunner(stuck, params=dict, made=told.made, failed=told.failed)
    runner.offer("", _result())
    begun.wait(10)
    runner.close()
    go_on.set()
    runner.close(wait=10)
    assert told.pictures == []


def test_a_traceback_has_the_lines_of_the_persons_own_code_only() -> None:
    def helper(value: float) -> float:
        return value / 0

    @effect
    def broken(frame, result):
        return helper(1)

    told = _Told()
    runner: EffectRunner[str] = EffectRunner(
        broken, params=dict, made=told.made, failed=told.failed
    )
    runner.offer("", _result())
    told.wait_for(lambda: bool(told.errors))
    runner.close(wait=10)
    (text,) = told.errors
    lines = text.splitlines()
    assert lines[0].startswith(f'File "{__file__}"')
    assert lines[0].endswith("in broken")
    assert lines[1:] == [
        "    return helper(1)",
        lines[2],
        "    return value / 0",
        "ZeroDivisionError: division by zero",
    ]


# --- shaders


def test_a_shaders_parameters_are_uniforms_and_its_first_line_is_line_1() -> None:
    shader = ShaderEffect(
        """
        void main() { color = vec4(1.0); }
        """,
        name="white",
        strength=Range(0, 4),
        cells=3,
        gamma=2.2,
        tint=Color(1, 2, 3),
        outline=True,
        style=("soft", "hard"),
    )
    assert shader.source.startswith("void main()")
    assert [line for line in shader.declarations.splitlines() if line.startswith("uniform")][
        -6:
    ] == [
        "uniform float strength;",
        "uniform int cells;",
        "uniform float gamma;",
        "uniform vec3 tint;",
        "uniform bool outline;",
        "uniform int style;",
    ]
    assert "const int LEFT_WRIST = 15;" in shader.declarations
    assert {name: each.default for name, each in shader.parameters.items()} == {
        "strength": 2,
        "cells": 3,
        "gamma": 2.2,
        "tint": Color(1, 2, 3),
        "outline": True,
        "style": "soft",
    }
    assert CUSTOM_EFFECTS["white"] is shader


@pytest.mark.parametrize(
    ("source", "params", "said"),
    [
        ("", {}, "must be GLSL with a function void main"),
        (7, {}, "but got 7"),
        ("#version 300 es\nvoid main() {}", {}, "must have no #version"),
        ("void main() {}", {"frame": 1}, "can be called 'frame': that is given already"),
        ("void main() {}", {"a__b": 1}, "but got 'a__b'"),
        ("void main() {}", {"bodyseg_mirror": 1}, "but got 'bodyseg_mirror'"),
        ("void main() {}", {"sample": 1}, "a word of GLSL, or a keypoint. Call it something else"),
        ("void main() {}", {"NOSE": 1}, "such as 'my_nose'"),
        ("void main() {}", {"gl_x": 1}, "but got 'gl_x'"),
        ("void main() {}", {"x": "red"}, "must be a Range, a number, .* but got 'red'"),
        ("void main() {}", {"x": Color(1, 2, 3, 4)}, "x must be an opaque color"),
        ("void main() {}", {"x": ()}, r"but got \(\)"),
    ],
)
def test_what_is_no_shader_is_refused(source: Any, params: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidOptionError, match=said):
        ShaderEffect(source, **params)


# --- in a view


def test_a_view_offers_what_there_is_and_what_comes(view: SegmentationView) -> None:
    with pytest.raises(InvalidOptionError, match=r"effect must be one of 'bokeh'.* got 'gone'"):
        view.effect = "gone"
    assert view.effect == "bokeh"
    ShaderEffect("void main() { color = vec4(place, 0.0, 1.0); }", name="places", x=Range(0, 1))
    view.show_effect("places", x=0.25)
    assert (view.view, view.effect, view.effect_params) == ("effect", "places", {"x": 0.25})
    assert [each["name"] for each in describe_builtin_effects()] == [*BUILTIN_EFFECTS]
    *_, told = view.get_state()["_custom_effects"]
    assert (told["name"], told["kind"]) == ("places", "shader")
    assert told["shader"]["source"].startswith("void main()")
    assert [each["name"] for each in told["parameters"]] == ["x"]
    with pytest.raises(InvalidOptionError, match="x must be from 0 to 1, but got 3"):
        view.show_effect("places", x=3)
    with pytest.raises(InvalidOptionError, match="has no parameter 'y'"):
        view.show_effect("places", y=3)
    assert view.effect_params == {"x": 0.25}


def test_values_that_the_new_function_does_not_take_begin_with_its_defaults(
    view: SegmentationView,
) -> None:
    @effect
    def swapped(frame, result, a: Annotated[float, Range(0, 10)] = 1, b: int = 2, c: bool = False):
        return frame

    view.show_effect(swapped, a=8, b=5, c=True)

    with pytest.warns(DroppedValueWarning, match="uses the default of 'a': a must be from 0 to 1"):

        @effect(name="swapped")
        def other(frame, result, a: Annotated[float, Range(0, 1)] = 0.5, b: int = 9):
            return frame

    assert view.effect_params == {"a": 0.5, "b": 5}


def test_built_in_effects_are_shown_with_their_parameters(
    view: SegmentationView,
) -> None:
    view.show_effect("pixelated", pixel_cell_width=22)
    assert view.effect_params == {
        "pixel_cell_width": 22,
        "opacity": 0.7,
        "mask_blur_amount": 0,
        "soft": False,
        "mask_color": "#00a3a3",
    }
    with pytest.raises(TraitError, match="opacity"):
        view.show_effect("pixelated", pixel_cell_width=5, opacity=7)
    assert view.pixel_cell_width == 22
    with pytest.raises(InvalidOptionError, match="'pixelated' has no parameter 'edge_blur_amount'"):
        view.show_effect("pixelated", edge_blur_amount=1)


def test_what_a_page_sends_of_another_effect_is_left_out_and_nothing_breaks(
    view: SegmentationView,
) -> None:
    @effect
    def level(frame, result, of: Annotated[int, Range(0, 3)] = 1, poster: np.ndarray | None = None):
        return frame

    view.show_effect(level, of=2)
    values = {"level": {"of": 5, "gone": 1}, "unknown": {"x": 1}}
    with pytest.warns(DroppedValueWarning, match="default of 'of': of must be from 0 to 3"):
        view.set_state({"_effect_values": values})
    images = {"level": {"poster": b"not an image", "of": b""}}
    with pytest.warns(DroppedValueWarning, match="'level' uses the default of 'poster'"):
        view.set_state({"_effect_images": images})
    assert view.effect_params == {"of": 1, "poster": None}
    with pytest.raises(InvalidOptionError, match="'gone'"):
        view.set_state({"effect": "gone"})
    assert view.effect == "level"
    view.show_effect(level, of=3)
    assert view.effect_params["of"] == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda frame, result: frame, "Put @effect above the function"),
        (7, "but got 7"),
        ("unheard", "effect must be one of"),
    ],
)
def test_what_is_shown_is_an_effect(view: SegmentationView, given: Any, said: str) -> None:
    with pytest.raises(InvalidOptionError, match=said):
        view.show_effect(given)


def test_an_effect_whose_name_another_one_has_is_not_mistaken_for_it(
    view: SegmentationView,
) -> None:
    old = effect(name="twice")(lambda frame, result: frame)
    effect(name="twice")(lambda frame, result: frame)
    with pytest.raises(InvalidOptionError, match="replaced by another effect named 'twice'"):
        view.show_effect(old)


class _Ticket:
    """A fake page that has sent a frame."""

    route = Route("page", 1, 1)

    def __init__(self) -> None:
        self.told: list[EffectResultMessage | EffectErrorMessage] = []
        self.came = threading.Condition()

    def send(self, message: EffectResultMessage | EffectErrorMessage, buffers: Any) -> None:
        with self.came:
            self.told.append(message)
            self.came.notify()

    def wait_for(self, kind: str, effect: str) -> None:
        with self.came:
            assert self.came.wait_for(
                lambda: any((each["kind"], each["effect"]) == (kind, effect) for each in self.told),
                timeout=10,
            )


def _threads() -> list[str]:
    return [each.name for each in threading.enumerate() if "bodyseg-effect" in each.name]


@pytest.fixture
def ticket(view: SegmentationView) -> _Ticket:
    """The messages about the frame that the view's stream has finished."""
    ticket = _Ticket()
    view.stream._answered = (ticket, _result())  # type: ignore[assignment]
    return ticket


def test_it_runs_only_while_a_page_shows_it_and_ends_with_the_view(
    view: SegmentationView, ticket: _Ticket
) -> None:
    effect(name="lasting")(lambda frame, result: frame)
    view.show_effect("lasting")
    assert _threads() == []
    view._shown = True
    ticket.wait_for("effect_result", "lasting")
    assert _threads() == ["bodyseg-effect-lasting"]
    view._shown = False
    wait_until(lambda: _threads() == [])
    ticket.told.clear()
    view._shown = True
    ticket.wait_for("effect_result", "lasting")
    view.close()
    view.close()
    effect(name="lasting")(lambda frame, result: frame)
    view._shown = False
    view._shown = True
    assert _threads() == []


def test_errors_are_of_the_effect_that_runs_and_are_logged_once(
    view: SegmentationView, ticket: _Ticket, caplog: pytest.LogCaptureFixture
) -> None:
    @effect
    def counting(frame, result, by: int = 0):
        raise ValueError(f"at {by}")

    view.show_effect("counting")
    view._shown = True
    ticket.wait_for("effect_error", "counting")
    for by in (1, 2, 3):
        view.show_effect("counting", by=by)
        with ticket.came:
            assert ticket.came.wait_for(
                lambda by=by: f"at {by}" in ticket.told[-1]["message"], timeout=10
            )
    assert len([each for each in caplog.records if "counting" in each.message]) == 1
    assert "ValueError: at 3" in view.effect_error
    effect(name="fine")(lambda frame, result: frame)
    view.show_effect("fine")
    ticket.wait_for("effect_result", "fine")
    assert view.effect_error == ""


def test_a_view_that_is_closed_while_an_effect_is_chosen_runs_none(
    view: SegmentationView,
) -> None:
    running = view._running
    lock = running._lock

    class ClosedFirst:
        def __enter__(self) -> None:
            running._lock = lock
            running.close()
            lock.acquire()

        def __exit__(self, *_: object) -> None:
            lock.release()

    running._lock = ClosedFirst()  # type: ignore[assignment]
    running.show(effect(name="too_late")(lambda frame, result: frame))
    assert running._run is None
