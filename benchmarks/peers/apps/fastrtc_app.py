"""fastrtc: ``fastrtc_app.py PORT [its-own-page]``.

Mounted on FastAPI with the page of its documentation, or in the page that it makes itself.
"""

from __future__ import annotations

import sys

import cv2
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastrtc import Stream, VideoStreamHandler
from loopback import stay_on_loopback
from painting import paint

PAGE = """
<!doctype html>
<title>fastrtc</title>
<video id="result" width="640" height="480" autoplay muted playsinline></video>
<script type="module">
  const connection = new RTCPeerConnection();
  const video = { width: 640, height: 480, frameRate: 30 };
  const camera = await navigator.mediaDevices.getUserMedia({ video });
  for (const track of camera.getTracks()) connection.addTrack(track, camera);
  connection.ontrack = ({ streams }) => { result.srcObject = streams[0]; };
  const webrtc_id = Math.random().toString(36).slice(2);
  const post = (body) => fetch('/webrtc/offer', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...body, webrtc_id }),
  });
  // The handler waits for this channel.
  connection.createDataChannel('text');
  await connection.setLocalDescription(await connection.createOffer());
  if (connection.iceGatheringState !== 'complete')
    await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') resolve();
    }));
  const { sdp, type } = connection.localDescription;
  await connection.setRemoteDescription(await (await post({ sdp, type })).json());
  await fetch(`/input?webrtc_id=${webrtc_id}`, { method: 'POST' });
</script>
"""


def handle(image):  # noqa: ANN001, ANN201 - fastrtc looks for no annotations
    """Paint one BGR image."""
    return cv2.cvtColor(paint(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)), cv2.COLOR_RGB2BGR)


def main() -> None:
    """Serve until the process is ended."""
    stay_on_loopback()
    port = int(sys.argv[1])
    constraints = {"width": 640, "height": 480, "frameRate": 30}
    stream = Stream(
        VideoStreamHandler(handle, skip_frames=True),
        modality="video",
        mode="send-receive",
        track_constraints=constraints,
    )
    if "its-own-page" in sys.argv:
        stream.ui.launch(server_name="127.0.0.1", server_port=port, quiet=True)
        return
    app = FastAPI()
    stream.mount(app)

    @app.post("/input")
    def start(webrtc_id: str) -> None:
        # Until then, fastrtc sends back what it gets. It puts the picture in the first place.
        stream.set_input(webrtc_id, None)

    app.get("/", response_class=HTMLResponse)(lambda: PAGE)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
