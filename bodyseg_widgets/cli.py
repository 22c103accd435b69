"""The command ``bodyseg``: it reads arguments, calls the functions of the package, and prints.

Exit codes: 0 if all went well, 1 if something could not be done, 2 for wrong arguments, 130 after
an interruption.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.shell_completion import CompletionItem

from bodyseg_widgets.errors import (
    BodySegError,
    ExistingFileError,
    InvalidOptionError,
    UnknownArgumentError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bodyseg_widgets.doctor import Finding

__all__ = ["main"]

_FAILED, _WRONG, _INTERRUPTED = 1, 2, 130
_PIPE = "-"


@contextmanager
def _told() -> Iterator[None]:
    """Say an error of this package in a sentence, without a traceback."""
    try:
        yield
    except BodySegError as error:
        click.echo(f"bodyseg: {_in_words(error)}", err=True)
        wrong = isinstance(error, InvalidOptionError | UnknownArgumentError)
        sys.exit(_WRONG if wrong else _FAILED)
    except KeyboardInterrupt:
        click.echo(
            "bodyseg: interrupted. What is written is whole; call it again to go on.", err=True
        )
        sys.exit(_INTERRUPTED)


def _in_words(error: BodySegError) -> str:
    if isinstance(error, ExistingFileError):
        return str(error).replace("overwrite=True", "--overwrite")
    return str(error)


def _print_json(value: object) -> None:
    click.echo(json.dumps(_plain(value), indent=2))


def _plain(value: object) -> object:
    """Return a value as JSON has it, which has no NaN and no paths."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def _print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = [[*head], *([*row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    for line in lines:
        cells = [
            text.ljust(width) if at == 0 else text.rjust(width)
            for at, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


class _Model(click.ParamType[str]):
    name = "model"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        del ctx, param
        from bodyseg_widgets.streaming import model_names  # noqa: PLC0415 - slow to import

        names = [name for name in model_names() if name.startswith(incomplete)]
        return [CompletionItem(name) for name in names]


def _model_of(given: str) -> str | tuple[str, ...]:
    """Return a model: ``full``, ``BlazePose:full:mediapipe``, or ``NAME=net.tflite``, added."""
    from bodyseg_widgets.streaming import add_model, model_names  # noqa: PLC0415 - slow to import

    if given in model_names():
        return given
    name, equals, file = given.partition("=")
    if equals:
        add_model(name, file)
        return name
    parts = given.split(":")
    return parts[0] if len(parts) == 1 else tuple(parts)


_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
_JOBS = click.option(
    "-j", "--jobs", type=click.IntRange(1), help="Work in so many processes. Default: in this one."
)
_POSES = click.option(
    "--max-poses",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many people a pose detector looks for.",
)
_MODEL_HELP = (
    "A name of 'bodyseg models list', perhaps with variant and runtime (BlazePose:lite:mediapipe), "
    "or a model of your own (Mine=net.tflite)."
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="For completion in bash, put this into ~/.bashrc: "
    'eval "$(_BODYSEG_COMPLETE=bash_source bodyseg)"; likewise zsh_source and fish_source.',
)
@click.version_option(metadata.version("bodyseg-widgets"), prog_name="bodyseg")
def main() -> None:
    """Find people in images and videos, on this computer."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> NoReturn:
    """Open JupyterLab here. ARGUMENTS are passed to it, such as a notebook."""
    import subprocess  # noqa: PLC0415

    with _told():
        from bodyseg_widgets.extras import needed_for  # noqa: PLC0415

        with needed_for("bodyseg lab"):
            import_module("jupyterlab")
        # It would ask for updates and news otherwise.
        local = (
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.news_url=None",
        )
        done = subprocess.run(  # noqa: S603 - what the user asked for
            [sys.executable, "-m", "jupyterlab", *local, *arguments], check=False
        )
    sys.exit(done.returncode)


@main.command()
@click.argument("source", metavar="IN")
@click.argument("out", metavar="OUT")
@click.option(
    "-m", "--model", type=_Model(), default="general", show_default=True, help=_MODEL_HELP
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["mask", "probabilities", "cutout", "labels", "landmarks"]),
    default="mask",
    show_default=True,
    help="What to write. Landmarks are a Parquet table, of BlazePose.",
)
@click.option(
    "-e",
    "--effect",
    type=click.Choice(
        ["bokeh", "mask", "pixelated", "background", "face_blur", "part_blur", "colored"]
    ),
    help="Write the image with an effect instead.",
)
@click.option(
    "-s",
    "--set",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the effect, such as opacity=0.5.",
)
@click.option("-t", "--threshold", type=float, default=0.5, show_default=True, help="From 0 to 1.")
@_POSES
@_JOBS
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
@click.option("--quiet", is_flag=True, help="Show no progress bar.")
@_AS_JSON
def segment(  # noqa: PLR0917 - click passes them by name
    source: str,
    out: str,
    model: str,
    output: str,
    effect: str | None,
    params: tuple[str, ...],
    threshold: float,
    max_poses: int,
    jobs: int | None,
    overwrite: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Write masks, or what else is wanted, of an image, a video or a folder.

    In a folder, existing files are taken for finished, so that the same command goes on where it
    was interrupted. A minus sign for IN or OUT is an image from the standard input, or to the
    standard output.
    """
    with _told():
        from bodyseg_widgets.streaming.offline import segment_files  # noqa: PLC0415

        if as_json and out == _PIPE:
            raise InvalidOptionError("--json and an image both on the standard output: choose one.")
        with _as_files(source, out, output) as (file_in, file_out):
            files = segment_files(
                file_in,
                file_out,
                _model_of(model),
                output=output,
                effect=effect,
                threshold=threshold,
                max_poses=max_poses,
                overwrite=overwrite,
                executor=jobs,
                progress=not quiet and not as_json,
                **_values(params),
            )
        if as_json:
            _print_json(asdict(files))
        elif out != _PIPE:
            there = f", {len(files.there)} were there already" if files.there else ""
            click.echo(f"{len(files.made)} written{there}.")
        for failed in files.failed:
            click.echo(f"bodyseg: {failed.path}: {failed.reason}", err=True)
    sys.exit(_FAILED if files.failed else 0)


@contextmanager
def _as_files(source: str, out: str, output: str) -> Iterator[tuple[str, str]]:
    """Yield the paths of files for those that are pipes."""
    with tempfile.TemporaryDirectory() as folder:
        file_in, file_out = source, out
        if source == _PIPE:
            file_in = f"{folder}/standard-input"
            Path(file_in).write_bytes(sys.stdin.buffer.read())
        if out == _PIPE:
            file_out = f"{folder}/out{'.parquet' if output == 'landmarks' else '.png'}"
        yield file_in, file_out
        if out == _PIPE:
            sys.stdout.buffer.write(Path(file_out).read_bytes())
            sys.stdout.buffer.flush()


def _values(params: Sequence[str]) -> dict[str, Any]:
    """Return parameters of an effect: numbers, true and false, or text such as a color."""
    values: dict[str, Any] = {}
    for each in params:
        name, equals, text = each.partition("=")
        if not equals:
            raise InvalidOptionError(f"--set takes NAME=VALUE, but got {each!r}.")
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    return values


@main.command()
@click.argument("dataset")
@click.option(
    "-m",
    "--model",
    "models",
    type=_Model(),
    multiple=True,
    default=("general",),
    help=f"{_MODEL_HELP} Repeat it to compare several.",
)
@click.option(
    "-t", "--threshold", type=float, default=0.5, show_default=True, help="From 0 to 1, of all."
)
@_POSES
@_JOBS
@click.option("--masks", help="The folder of the masks, if DATASET has only the images.")
@click.option(
    "--person", type=click.IntRange(0, 255), help="The value of a person in the masks of a folder."
)
@click.option(
    "--images", metavar="FILE", help="Save the scores of each image, as .csv or .parquet."
)
@click.option("--overwrite", is_flag=True, help="Replace that file.")
@click.option("--quiet", is_flag=True, help="Show no progress bar.")
@_AS_JSON
def evaluate(  # noqa: PLR0917 - click passes them by name
    dataset: str,
    models: tuple[str, ...],
    threshold: float,
    max_poses: int,
    jobs: int | None,
    masks: str | None,
    person: int | None,
    images: str | None,
    overwrite: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Measure models on images with masks.

    DATASET is a folder of pairs, a table (.tsv, .csv), a COCO file (.json) or a recording.
    """
    with _told():
        from bodyseg_widgets import measuring  # noqa: PLC0415 - slow to import
        from bodyseg_widgets.tables import save_table  # noqa: PLC0415

        opened = (
            measuring.open_dataset(dataset)
            if masks is None and person is None
            else measuring.pairs_in_folder(dataset, masks, person=person)
        )
        evaluation = measuring.evaluate(
            opened,
            [_model_of(each) for each in models],
            threshold,
            jobs,
            not quiet and not as_json,
            max_poses=max_poses,
        )
        if images is not None:
            save_table(evaluation.images, images, content="Scores", overwrite=overwrite)
        records = {by: evaluation.records(by) for by in ("", "domain", "share")}
        if as_json:
            _print_json(
                {
                    "dataset": evaluation.label,
                    "images": evaluation.count,
                    "summary": records[""],
                    "by_domain": records["domain"],
                    "by_share": records["share"],
                    "by_class": evaluation.class_records(),
                    "failed": [asdict(each) for each in evaluation.failed],
                }
            )
        else:
            for by, rows in records.items():
                if by != "domain" or len(evaluation.domains) > 1:
                    _print_means(by, rows)
        for failed in evaluation.failed:
            click.echo(f"bodyseg: {failed.name}: {failed.reason}", err=True)
    sys.exit(_FAILED if evaluation.failed else 0)


def _print_means(by: str, rows: Sequence[Mapping[str, Any]]) -> None:
    metrics = ("boundary_2px", "boundary_5px", "precision", "recall", "calibration_error")
    click.echo()
    _print_table(
        (*((by,) if by else ()), "model", "images", "iou", "95 %", *metrics, "best threshold"),
        [
            (
                *((row[by] or "–",) if by else ()),
                row["model"],
                str(row["images"]),
                _number(row["iou"]),
                _interval(row),
                *(_number(row[each]) for each in metrics),
                f"{row['best_threshold']:.2f}",
            )
            for row in rows
        ],
    )


def _interval(row: Mapping[str, Any]) -> str:
    if math.isnan(row["iou_low"]):
        return _number(math.nan)
    return f"{_number(row['iou_low'])} to {_number(row['iou_high'])}"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


@main.command()
@click.option(
    "-m",
    "--model",
    "models",
    type=_Model(),
    multiple=True,
    help=f"{_MODEL_HELP} Repeat it to compare several. Default: all bundled ones, on each runtime "
    "that is installed.",
)
@click.option(
    "--source",
    help="An image or a video to measure on. Default: a sample, one person in 640 x 480 pixels.",
)
@click.option(
    "-d",
    "--duration",
    type=float,
    default=4.0,
    show_default=True,
    help="How long each model runs, in seconds.",
)
@_POSES
@click.option("--quiet", is_flag=True, help="Show no progress bar.")
@_AS_JSON
def benchmark(  # noqa: PLR0917 - click passes them by name
    models: tuple[str, ...],
    source: str | None,
    duration: float,
    max_poses: int,
    quiet: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Measure how fast models are on this computer, without a page."""
    with _told():
        from bodyseg_widgets import measuring  # noqa: PLC0415 - slow to import

        measured = measuring.benchmark(
            [_model_of(each) for each in models] or None,
            source,
            duration,
            max_poses=max_poses,
            progress=not quiet and not as_json,
        )
        if as_json:
            _print_json(
                {
                    "machine": asdict(measured.machine),
                    "source": measured.label,
                    "height": measured.size[0],
                    "width": measured.size[1],
                    "duration": measured.duration,
                    "noise": measured.noise,
                    "summary": measured.records(),
                    "latencies": measured.latency_records(),
                    "failed": [asdict(each) for each in measured.failed],
                }
            )
        else:
            height, width = measured.size
            _print_table(*measuring.speed_cells(measured.speeds))
            click.echo(f"\n{measured.label}, {width} x {height} pixels, {duration:g} s for each")
            click.echo(f"Quartiles are up to {measured.noise:.0%} of a median apart.")
            click.echo(measured.machine)
        for failed in measured.failed:
            click.echo(f"bodyseg: {failed.name}: {failed.reason}", err=True)
    sys.exit(_FAILED if measured.failed else 0)


@main.group()
def models() -> None:
    """See which models there are, add your own, fetch and check them."""


@models.command(name="list")
@_AS_JSON
def list_models(as_json: bool) -> None:  # noqa: FBT001
    """List the models, with their variants and what runs them."""
    with _told():
        from bodyseg_widgets.segmentation.custom.registered import (  # noqa: PLC0415
            registered_models,
        )
        from bodyseg_widgets.streaming import LIVE_MODELS  # noqa: PLC0415 - slow to import

        files = {each.name: each.file.path for each in registered_models()[0]}
        rows: list[dict[str, Any]] = [
            {
                "model": str(name),
                "variant": variant,
                "runtimes": [*live.runtimes],
                "finds_poses": live.finds_poses,
                "file": files.get(name),
            }
            for name, live in LIVE_MODELS.items()
            for variant in live.model_types or ("",)
        ]
        if as_json:
            _print_json(rows)
            return
        _print_table(
            ("model", "variant", "runtimes", "finds", *(("file",) if files else ())),
            [
                (
                    row["model"],
                    row["variant"],
                    ", ".join(row["runtimes"]),
                    "masks and poses" if row["finds_poses"] else "masks",
                    *((str(row["file"] or ""),) if files else ()),
                )
                for row in rows
            ],
        )


@models.command(name="add")
@click.argument("name")
@click.argument("file")
@click.option(
    "--labels", metavar="A,B,…", help="The label of each class, in the order of the model's."
)
@click.option(
    "--input-size", type=int, nargs=2, metavar="HEIGHT WIDTH", help="If the network takes any."
)
@click.option("--layout", type=click.Choice(["NHWC", "NCHW"]), help="Where the channels are.")
@click.option("--mean", metavar="X[,Y,Z]", help="Pixel values become (x - mean) / std.")
@click.option("--std", metavar="X[,Y,Z]", help="As --mean; for each channel, or one for all.")
@click.option("--color-order", type=click.Choice(["rgb", "bgr"]), help="Of the channels.")
@click.option(
    "--activation",
    type=click.Choice(["auto", "softmax", "sigmoid", "none"]),
    default="auto",
    show_default=True,
    help="What turns the network's values into probabilities.",
)
@click.option("--output", help="The name of the output to use, if several are maps.")
def add(  # noqa: PLR0917 - click passes them by name
    name: str,
    file: str,
    labels: str | None,
    input_size: tuple[int, int] | None,
    layout: str | None,
    mean: str | None,
    std: str | None,
    color_order: str | None,
    activation: str,
    output: str | None,
) -> None:
    """Register FILE, a .tflite or .onnx model of your own, under NAME.

    Notebooks, programs and this command know it from then on, as add_model(…, register=True) has
    it. The file is not copied: keep it where it is. If it is changed, add it again.
    """
    with _told():
        from bodyseg_widgets.streaming import add_model  # noqa: PLC0415 - slow to import

        add_model(
            name,
            file,
            labels=None if labels is None else labels.split(","),
            input_size=input_size,
            layout=layout,  # type: ignore[arg-type]  # one of the choices
            mean=_numbers("--mean", mean),
            std=_numbers("--std", std),
            color_order=color_order,  # type: ignore[arg-type]  # as above
            activation=activation,  # type: ignore[arg-type]  # as above
            output=output,
            register=True,
        )
        click.echo(f"{name} is registered.")


def _numbers(option: str, text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(each) for each in text.split(",")]
    except ValueError:
        raise InvalidOptionError(
            f"{option} takes a number, or one for each channel, such as 127.5 or "
            f"123.675,116.28,103.53, but got {text!r}."
        ) from None


@models.command()
@click.argument("name", type=_Model())
def remove(name: str) -> None:
    """Forget a model that was added. Its file stays where it is."""
    with _told():
        from bodyseg_widgets.streaming import remove_model  # noqa: PLC0415 - slow to import

        remove_model(name)
        click.echo(f"{name} is no longer registered.")


@models.command()
@click.option("--architecture", default="MobileNetV1", show_default=True, help="Of BodyPix.")
@click.option("--output-stride", type=int, default=16, show_default=True, help="8, 16 or 32.")
@click.option("--multiplier", type=float, help="0.5, 0.75 or 1.")
@click.option("--quant-bytes", type=int, default=4, show_default=True, help="1, 2 or 4.")
@click.option("--url", "model_url", help="Another place that has the same files.")
def fetch(
    architecture: str,
    output_stride: int,
    multiplier: float | None,
    quant_bytes: int,
    model_url: str | None,
) -> None:
    """Download weights of BodyPix, and check their hash. All other models are here already."""
    with _told():
        from bodyseg_widgets.models import fetch_weights  # noqa: PLC0415 - slow to import

        path = fetch_weights(
            architecture,  # type: ignore[arg-type]  # checked there
            output_stride=output_stride,
            multiplier=multiplier,
            quant_bytes=quant_bytes,
            model_url=model_url,
        )
        click.echo(path)


@models.command()
@_AS_JSON
def verify(as_json: bool) -> None:  # noqa: FBT001
    """Load and run each model that is here, and compare the hashes of weights."""
    with _told():
        from bodyseg_widgets.doctor import verified_models  # noqa: PLC0415 - slow to import

        _print_findings(verified_models(), as_json=as_json)


@main.command()
@_AS_JSON
def doctor(as_json: bool) -> None:  # noqa: FBT001
    """Say what is installed, what is missing, and the command that fixes it."""
    with _told():
        from bodyseg_widgets.doctor import findings  # noqa: PLC0415 - slow to import

        _print_findings(findings(), as_json=as_json)


def _print_findings(found: Iterable[Finding], *, as_json: bool) -> None:
    colors = {"ok": "green", "missing": "yellow", "broken": "red", "note": "blue"}
    all_found = []
    for each in found:
        all_found.append(each)
        if not as_json:
            state = click.style(f"{each.state:8}", colors[each.state])
            click.echo(f"{state} {each.name}: {each.said}")
            if each.fix:
                click.echo(f"{'':9}{each.fix}")
    if as_json:
        _print_json([asdict(each) for each in all_found])
    sys.exit(_FAILED if any(each.state == "broken" for each in all_found) else 0)
