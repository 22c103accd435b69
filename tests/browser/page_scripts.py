"""What every page of a test has beside JupyterLab: means to look at it and to provoke things."""

from __future__ import annotations

PREPARE_PAGE = """
(() => {
  // Every camera track that is ever opened.
  window.tracks = [];
  const devices = navigator.mediaDevices;
  if (devices) {
    const getUserMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
  }

  // Called before each message to the kernel.
  window.onsend = null;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    window.onsend?.(data);
    return send.call(this, data);
  };

  // A processor plays graphics card in tests, and views then draw on canvas 2D. Where this is
  // true it is hidden, so that they draw with WebGL2.
  window.claimGraphicsCard = false;
  const { prototype } = WebGL2RenderingContext;
  const getExtension = prototype.getExtension;
  prototype.getExtension = function (name) {
    return name === 'WEBGL_debug_renderer_info' && window.claimGraphicsCard
      ? null : getExtension.call(this, name);
  };

  // What scripts of tests put something else in place of.
  const { MediaRecorder, setInterval, clearInterval } = window;
  const createElement = document.createElement;
  const getDisplayMedia = devices?.getDisplayMedia;
  window.undoScripts = () => {
    Object.assign(window, { MediaRecorder, setInterval, clearInterval });
    document.createElement = createElement;
    if (devices) devices.getDisplayMedia = getDisplayMedia;
    window.tracks = [];
    window.onsend = null;
    window.claimGraphicsCard = false;
  };
})()
"""
"""A script that runs in a page before any other."""

OPEN_TRACKS = "() => window.tracks.filter((track) => track.readyState === 'live').length"
"""How many camera tracks are open."""
