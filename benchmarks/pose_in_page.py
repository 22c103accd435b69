"""BlazePose in a page: what the whole path takes beyond its networks.

``python -m benchmarks.pose_in_page`` tracks a person through a webcam-like clip of 640x480 images
in Chromium, with mask. The time is from an image as the browser has it to a result, in a worker;
that of the networks is part of it, so other load on the machine affects both. The ratio counts, not
the milliseconds.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser.lab import chromium
from tests.browser.pose_page import PosePage, bundled
from tests.browser.watched_page import watched_page
from tests.clip_frames import clip_frames
from tests.data import find_data_folder
from tests.file_server import serving

MODEL_TYPES = ("lite", "full", "heavy")
FRAMES = 60
WARM_UP_FRAMES = 10
GOAL = 1.3


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=FRAMES)
    options = parser.parse_args()
    clip = find_data_folder() / "asl" / "walk.mkv"
    frames = clip_frames(clip, options.frames)
    print(f"One frame of {clip.name}, tracking, with mask, {len(frames)} frames; median ms\n")
    print(f"| model | whole path | its network | ratio (goal: {GOAL}) |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        worker = bundled(Path(folder))
        with chromium(playwright) as browser:
            for model_type in MODEL_TYPES:
                with serving() as server, watched_page(browser) as page:
                    found = PosePage(page, server, worker, model_type).video(frames)
                    times = [(each.ms, each.network_ms) for each in found[WARM_UP_FRAMES:]]
                    whole, network = np.median(times, axis=0)
                    print(f"| {model_type} | {whole:.1f} | {network:.1f} | {whole / network:.2f} |")


if __name__ == "__main__":
    main()
