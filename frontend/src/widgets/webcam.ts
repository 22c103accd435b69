import { webcamWidget } from "../source/webcam";
import { displays } from "../workers/frame_worker";

export default webcamWidget(displays);
