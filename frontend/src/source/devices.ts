/** The cameras that the browser knows. */
import type { CameraDevice } from "../generated";

/** Browsers name them only after a camera was allowed once. */
export async function listCameras(): Promise<CameraDevice[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all
    .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId)
    .map(({ deviceId, label }, index) => ({
      id: deviceId,
      label: label || `Camera ${index + 1}`,
    }));
}
