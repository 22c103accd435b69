/** Cameras of the browser. */
import type { CameraDevice } from "../generated";

/** Browsers reveal labels only after camera access was granted. */
export async function listCameras(): Promise<CameraDevice[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all
    .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId)
    .map(({ deviceId, label }, index) => ({
      id: deviceId,
      label: label || `Camera ${index + 1}`,
    }));
}
