"""streamlit-webrtc: ``streamlit run streamlit_webrtc_app.py``."""

from __future__ import annotations

import av
from loopback import stay_on_loopback
from painting import paint
from streamlit_webrtc import webrtc_streamer


def on_frame(frame: av.VideoFrame) -> av.VideoFrame:
    """Paint one frame."""
    return av.VideoFrame.from_ndarray(paint(frame.to_ndarray(format="rgb24")), format="rgb24")


stay_on_loopback()
webrtc_streamer(
    key="masks",
    video_frame_callback=on_frame,
    rtc_configuration={"iceServers": []},
    media_stream_constraints={
        "video": {"width": 640, "height": 480, "frameRate": 30},
        "audio": False,
    },
)
