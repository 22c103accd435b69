"""gradio's image stream, as fast as it goes: ``gradio_app.py PORT``."""

from __future__ import annotations

import sys

import gradio
from painting import paint

with gradio.Blocks() as demo:
    constraints = {"video": {"width": 640, "height": 480, "frameRate": 30}}
    options = gradio.WebcamOptions(mirror=False, constraints=constraints)
    camera = gradio.Image(sources=["webcam"], streaming=True, webcam_options=options)
    result = gradio.Image(streaming=True, format="jpeg", elem_id="result")
    camera.stream(
        paint, camera, result,
        stream_every=1 / 30, time_limit=600, concurrency_limit=2, show_progress="hidden",
    )  # fmt: skip

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
