"""What every page of a test has beside JupyterLab: means to look at it and to provoke things."""

from __future__ import annotations

PREPARE_PAGE = """
(() => {
  window.raised = [];
  addEventListener('error', ({ error, message }) => window.raised.push(String(error ?? message)));
  addEventListener('unhandledrejection', ({ reason }) => window.raised.push(String(reason)));

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

  // Messages to the kernel that wait; null while they are sent at once.
  let waiting = null;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (waiting) waiting.push(() => send.call(this, data));
    else send.call(this, data);
  };
  window.holdMessages = () => {
    waiting ??= [];
  };
  window.releaseMessages = () => {
    const messages = waiting ?? [];
    waiting = null;
    for (const each of messages) each();
  };

  // A processor plays graphics card in tests, and views then draw on canvas 2D. Frame workers that
  // are started while this is true do not see it, so that they draw with WebGL2.
  window.claimGraphicsCard = false;
  const hideProcessor = `
    if ('WorkerGlobalScope' in self) {
      const { prototype } = WebGL2RenderingContext;
      const getExtension = prototype.getExtension;
      prototype.getExtension = function (name) {
        return name === 'WEBGL_debug_renderer_info' ? null : getExtension.call(this, name);
      };
    }
  `;
  const createObjectURL = URL.createObjectURL;
  URL.createObjectURL = (object) => createObjectURL.call(
    URL,
    window.claimGraphicsCard && object.type === 'text/javascript'
      ? new Blob([hideProcessor, object], { type: object.type }) : object,
  );

  // Whoever reads an image has it drawn at full size, with the number of its frame beside it.
  let reading = new AbortController();
  let held = new WeakSet();
  // The number of the frame that is drawn; NaN while another one is being drawn.
  window.drawnFrame = (frame) => {
    if (!held.has(frame)) {
      held.add(frame);
      const detail = { signal: reading.signal };
      frame.dispatchEvent(new CustomEvent('bodyseg-full-size', { detail }));
    }
    return Number(frame.dataset.drawn);
  };
  // A canvas once its image is drawn as it has to look by now.
  window.drawnCanvas = async (selector) => {
    const frame = document.querySelector(selector).closest('.bodyseg-frame');
    const end = performance.now() + 10_000;
    while (Number.isNaN(window.drawnFrame(frame))) {
      if (performance.now() > end) throw new Error(`${selector} is not drawn`);
      await new Promise(requestAnimationFrame);
    }
    return document.querySelector(selector);
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
    window.releaseMessages();
    window.claimGraphicsCard = false;
    reading.abort();
    reading = new AbortController();
    held = new WeakSet();
  };
})()
"""
"""A script that runs in a page before any other."""

OPEN_TRACKS = "() => window.tracks.filter((track) => track.readyState === 'live').length"
"""How many camera tracks are open."""
