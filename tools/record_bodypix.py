"""Records what BodyPix finds in samples, for `sample_results`: ``python -m tools.record_bodypix``.

It needs BodyPix's weights, see docs/guide/weights.md: in the cache, or in the folder that
``BODYSEG_MODELS`` names. They are Google's, under Apache-2.0; pictures and figures are the
package's own, see NOTICE.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.streaming import choose_like, look_once
from bodyseg_widgets.streaming.samples.results import (
    RESULTS,
    arrays_of,
    frames_with_results,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__: list[str] = []

TARGET: Final = Path(__file__).parents[1] / "bodyseg_widgets/streaming/samples/data/bodypix.npz"


def main() -> None:
    """Write the file."""
    choice = choose_like("BodyPix")
    arrays: dict[str, NDArray[np.generic]] = {}
    model = ""
    for name in RESULTS:
        results = [look_once(choice, frame, max_poses=2) for frame in frames_with_results(name)]
        arrays |= arrays_of(name, results)
        model = results[0].model
    with TARGET.open("wb") as file:
        # Its stubs take any of the arrays for `allow_pickle`.
        np.savez_compressed(file, model=np.array(model), **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
