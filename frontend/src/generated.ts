/** Written by `python -m tools.generate` from the Python side. Do not edit it here. */

/** A frame's timings known to the page, ms. */
export interface BrowserTimings {
  /** Grabbing and encoding this frame. */
  capture: number;
  /** Of the frame drawn last; null before the first. */
  up: number | null;
  /** Of the frame drawn last. */
  down: number | null;
  /** Of the frame drawn last. */
  draw: number | null;
}

/** The stages of a result in the kernel, ms. */
export interface KernelTimings {
  /** Waiting until the thread was free. */
  wait: number;
  /** JPEG to RGB. */
  decode: number;
  /** RGB to probability and poses. */
  infer: number;
}

/** A person whose keypoints are in the second buffer of a result. */
export interface PoseMessage {
  /** Stays the same from frame to frame for the same person. */
  id: number | null;
  /** How certain the whole pose is, 0 to 1; of those of BodyPix that a page has found. */
  score?: number;
}

/** A plane of numbers of the mask's shape, packed in a buffer of a result. */
export interface PlaneMessage {
  /**
   * What its numbers are. `labels`: the value of each pixel's class, whose names are in the
   * stream's `_classes`. `people`: the number of the person a pixel belongs to, from 1 in the order
   * of the poses; 0 for no one. `class`: the probability of one class times 255.
   */
  kind: PlaneKind;
  /** Of a `class`: which, by its value among the labels. */
  value?: number;
  /**
   * Of `labels`: the CRC-32 of what its numbers stand for, in UTF-8 a line `<value> <name>` for
   * each class. While a stream's model is changed, results of the old one still come: its numbers do
   * not stand for the classes of the new one.
   */
  meaning?: number;
}

/** The frame that a message is about. */
export interface FrameAddress {
  /** Id of the source in this page, new with each load; several pages can show one kernel. */
  page: string;
  /** Request id of the frame, unique in its page and increasing from 1. */
  frame: number;
}

/** The session that a message is about. */
export interface SessionAddress {
  /** Id of the source in this page, new with each load. */
  page: string;
  /**
   * The page's number for the session: every start, and every change of source, device, stream or
   * size, gets a new number.
   */
  video: number;
}

/** A model's result for a frame. */
export interface ResultFields {
  /** Height and width of the mask, in pixels. */
  shape: [number, number];
  /**
   * The part of the frame that the mask covers: left, top, width and height in pixels of the
   * frame. Outside it, the probability is 0.
   */
  region: [number, number, number, number];
  /** The people whose keypoints are in the second buffer, in the same order. */
  poses: PoseMessage[];
  /** Duration of each stage. */
  timings: KernelTimings;
  /**
   * What is in the buffers after the keypoints, one for each, in the same order; empty for models
   * that only tell people from background, and not the people apart.
   */
  planes: PlaneMessage[];
}

/** A frame that the page has captured. Buffer: a JPEG, at most `Webcam.width` x `height`. */
export interface FrameMessage extends SessionAddress {
  kind: "frame";
  /** Request id of the frame, unique in its page and increasing from 1. */
  frame: number;
  /** When it was captured, by the browser's clock. */
  captured: number;
  /** Known timings of its stages, and of those of the frame drawn last. */
  timings: BrowserTimings;
}

/**
 * Open this kernel source, replacing any open one.
 *
 * The settings are traits of `Webcam`, whose new values may not have arrived yet.
 */
export interface OpenMessage extends SessionAddress {
  kind: "open";
  /** `Webcam.source`. */
  source: string;
  /** `Webcam.path`. */
  path: string;
  /** `Webcam.kernel_device`. */
  device: number;
  /** `Webcam.width`. */
  width: number;
  /** `Webcam.height`. */
  height: number;
  /** `Webcam.frame_rate`. */
  frame_rate: number;
}

/** Send the next frame of the source when it is due. */
export interface NextMessage extends SessionAddress {
  kind: "next";
  /** Request id. */
  frame: number;
  /** Continue from the frame with this number; null to continue from the current position. */
  begin_at: number | null;
}

/** Send this frame immediately, while paused: of a video, or of the history. */
export interface ShowMessage extends SessionAddress {
  kind: "show";
  /** Request id. */
  frame: number;
  /** The frame's number. */
  id: number;
}

/** The page is still there; sent every `KEEP_ALIVE_SECONDS` while a kernel source is open. */
export interface KeepAliveMessage extends SessionAddress {
  kind: "keep_alive";
}

/** The session is over: close its source, if that is the kernel's, and forget its frames. */
export interface CloseMessage extends SessionAddress {
  kind: "close";
}

/** A chunk of a file. Buffer: at most `UPLOAD_CHUNK_BYTES` of it. */
export interface UploadMessage {
  kind: "upload";
  /** Id of the source in this page, new with each load. */
  page: string;
  /** The page's number for this upload; a new one replaces the previous one. */
  upload: number;
  /** The file's name. */
  name: string;
  /** Size of the file in bytes. */
  size: number;
  /** Offset of this chunk in the file; 0 starts the upload. */
  offset: number;
}

/**
 * The page, which ran the source, is being closed or reloaded.
 *
 * Needed because the traits that would say so wait for the answer to their last change, which no
 * longer arrives. Where another page has taken over, it changes nothing; a page that takes over in
 * the same moment runs the source, whichever the kernel hears first.
 */
export interface LeaveMessage {
  kind: "leave";
  /** Id of the source in this page, new with each load. */
  page: string;
}

/**
 * What a model that runs in the page has found in a frame.
 *
 * Sent only while `Webcam._results_wanted` is not `"none"`. Buffers: as those of `result`, and
 * the frame's JPEG if `image`.
 */
export interface SeenMessage extends SessionAddress, ResultFields {
  kind: "seen";
  /** Request id of the frame. */
  frame: number;
  /** The frame's number. */
  id: number;
  /** When it was captured, by the browser's clock. */
  captured: number;
  /** As `timings` of `frame`. */
  browser: BrowserTimings;
  /** False if it is shown again while paused. */
  live: boolean;
  /** Width and height of the frame in pixels. */
  size: [number, number];
  /** Whether its image comes along: it is wanted, and the kernel does not have it. */
  image: boolean;
  /** Model id of the `SegmentationStream`. */
  stream: string;
  /** As in `LocalStream`: which of its models it is from. */
  key: string;
}

/** What a model that runs in the page is doing; sent when that changes. */
export interface LocalStateMessage {
  kind: "local_state";
  /** Id of the source in this page, new with each load. */
  page: string;
  /** Model id of the `SegmentationStream`. */
  stream: string;
  /** As in `LocalStream`. */
  key: string;
  /** As `SegmentationStream.state`. */
  state: "loading" | "ready" | "failed";
  /** As `SegmentationStream.message`. */
  message: string;
  /** As `SegmentationStream.running_on`. */
  running_on: "" | "wasm" | "webgpu";
  /** As `SegmentationStream.running_why`. */
  why: string;
}

/** Send a part of a file that the page needs to run models. */
export interface AssetRequest {
  kind: "asset";
  /** Id of the source in this page, new with each load. */
  page: string;
  /** The file's name. */
  name: string;
  /** Where the part begins, in bytes; null to learn only the file's size and digest. */
  offset: number | null;
}

/** Send the bundled image. */
export interface SampleRequest {
  kind: "sample";
}

/** Ask for a `pong`. */
export interface PingMessage {
  kind: "ping";
  /** Id of the source in this page, new with each load. */
  page: string;
  /** When it was sent, by the browser's clock. */
  asked: number;
}

/** The outcome of a frame in one stream. */
export interface Answer extends FrameAddress {
  /** Model id of the `SegmentationStream` that answers; empty if there is none. */
  stream: string;
  /** How many streams have not answered for this frame yet. */
  left: number;
  /** The oldest frame of this session that can be shown again; null if none can. */
  oldest: number | null;
  /** When the kernel got the frame, by its clock. */
  received: number;
  /** When the kernel sent this answer, by its clock. */
  sent: number;
}

/** A model's result for a frame. Buffers: the packed mask, keypoints of all poses, planes. */
export interface ResultMessage extends Answer, ResultFields {
  kind: "result";
}

/**
 * A frame was skipped.
 *
 * A newer one replaced it, another model was chosen, the stream was closed, or there is no stream.
 */
export interface SkippedMessage extends Answer {
  kind: "skipped";
}

/** A frame could not be decoded, or the model could not run; the stream's `message` says why. */
export interface FailedMessage extends Answer {
  kind: "failed";
}

/** The frame that an image shows. */
export interface ShownFrame extends FrameAddress {
  /** The frame number, which stays the same when the frame is shown again. */
  id: number;
  /**
   * When the frame was captured, or is shown: by the kernel's clock for live frames of kernel
   * sources; for a frame shown again, its original time.
   */
  captured: number;
  /** False if it is shown while the source is paused. */
  live: boolean;
}

/**
 * Answer to `next` or `show`: an image that the page does not have. Buffer: a JPEG.
 *
 * The answers to the same `frame` may arrive before or after it.
 */
export interface ImageMessage extends ShownFrame {
  kind: "image";
  /** Encoding it, ms. */
  capture: number;
}

/**
 * A Python effect's result for a frame. Buffers: those of its `result`, and a JPEG.
 *
 * It is not an answer, and may arrive long after the frame was answered; frames that the effect
 * skipped get none.
 */
export interface EffectResultMessage extends ShownFrame, ResultFields {
  kind: "effect_result";
  /** Model id of the view that shows the effect. */
  view: string;
  /** The effect's name: a view that shows another one by now ignores the message. */
  effect: string;
  /** How long the effect took, ms. */
  took: number;
}

/** A Python effect failed on a frame. */
export interface EffectErrorMessage extends FrameAddress {
  kind: "effect_error";
  /** Model id of the view that shows the effect. */
  view: string;
  /** The effect's name. */
  effect: string;
  /** The traceback, or why its return value is not an image. */
  message: string;
}

/**
 * Answer to a `next` or `show` that gets no frame.
 *
 * The frame is no longer in the history, or a newer request replaced this one.
 */
export interface ExpiredMessage extends FrameAddress {
  kind: "expired";
}

/** Progress of opening a source, such as downloading a URL. */
export interface ProgressMessage extends SessionAddress {
  kind: "progress";
  /** The current step, as a sentence. */
  text: string;
  /** Progress, 0 to 1; null if unknown. */
  share: number | null;
}

/** The source is open. */
export interface OpenedMessage extends SessionAddress {
  kind: "opened";
  /** Its label. */
  label: string;
  /** Frames per second; null for frames as they arrive. */
  rate: number | null;
  /** Number of frames; null if the source is not seekable. */
  length: number | null;
}

/** The source cannot be opened, or read any further. It is closed. */
export interface RejectedMessage extends SessionAddress {
  kind: "rejected";
  /** Why, and what to do. */
  message: string;
}

/** What is wrong with a source that is open and goes on, such as damaged parts of a video. */
export interface NoticeMessage extends SessionAddress {
  kind: "notice";
  /** What is wrong, as a sentence; replaces the previous one. */
  text: string;
}

/** Answer to `next`: there are no more images. A source with a length stays open. */
export interface EndedMessage extends SessionAddress {
  kind: "ended";
  /** Request id of the `next`. */
  frame: number;
}

/** Answer to `upload`: a chunk of the file is stored, or why not. */
export interface StoredMessage {
  kind: "stored";
  /** As in the upload. */
  page: string;
  /** As in the upload. */
  upload: number;
  /** Bytes stored so far. */
  done?: number;
  /** With the last chunk: the file's path. */
  path?: string;
  /** Why it could not be stored. */
  message?: string;
}

/** If paused, show the frame again, because models have changed. */
export interface ShowAgainCommand {
  kind: "command";
  command: "again";
}

/** Pause, and step by some frames. */
export interface StepCommand {
  kind: "command";
  command: "step";
  /** Frames to step forward, or backward if negative. */
  by: number;
}

/** Pause, and show a frame. */
export interface ShowCommand {
  kind: "command";
  command: "show";
  /** The frame's number. */
  id: number;
}

/** Answer to `sample`. Buffer: the bundled portrait, a JPEG. */
export interface SampleMessage {
  kind: "sample";
}

/** Answer to `asset`. Buffer, if a part was asked for: at most `ASSET_PART_BYTES` of it. */
export interface AssetMessage {
  kind: "asset";
  /** As in the request. */
  page: string;
  /** As in the request. */
  name: string;
  /** As in the request. */
  offset: number | null;
  /** The file's size in bytes. */
  size?: number;
  /** Its SHA-256 as hexadecimal digits: pages keep files by it. */
  digest?: string;
  /** Why it cannot be sent. */
  message?: string;
}

/** Answer to `ping`. */
export interface PongMessage {
  kind: "pong";
  /** As in the ping. */
  page: string;
  /**
   * Request ids of this page's `frame`, `next` and `show` whose last answer is still to come. One
   * from before the ping that is neither answered nor among them is lost.
   */
  owed: number[];
  /** As in the ping. */
  asked: number;
  /** When the kernel got the ping, by its clock. */
  received: number;
  /** When the kernel answered, by its clock. */
  sent: number;
}

/** A visible page can record this media type. The first page that asks is used. */
export interface RecordingOffer {
  kind: "ask";
  /** The page's id for this recording. */
  recording: string;
  /** One of the recorder's `_media_types`. */
  type: string;
}

/** The page cannot record. */
export interface RecordingRefusal {
  kind: "refuse";
  /** The page's id for this recording. */
  recording: string;
  /** Why. */
  message: string;
}

/** The next part of the video, of about half a second. Buffer: that part. */
export interface ChunkMessage {
  kind: "chunk";
  /** Id of the recording. */
  recording: string;
  /** Duration of the video up to the end of this part, without pauses. */
  seconds: number;
}

/**
 * The page is hidden, so recording pauses.
 *
 * Repeated every `HEARTBEAT_SECONDS`, or as often as the browser allows.
 */
export interface HeartbeatMessage {
  kind: "heartbeat";
  /** Id of the recording. */
  recording: string;
}

/** The recording is complete. */
export interface RecordingEnd {
  kind: "end";
  /** Id of the recording. */
  recording: string;
  /** Why, unless it was stopped. */
  message: string;
}

/** Answer to `ask`: the file is open; record with these settings. */
export interface BeginMessage {
  kind: "begin";
  /** Id of the recording. */
  recording: string;
  /** The media type. */
  type: string;
  /** Frames per second. */
  rate: number;
}

/** Answer to `chunk`. */
export interface WrittenMessage {
  kind: "written";
  /** Id of the recording. */
  recording: string;
  /** Number of bytes in the file now. */
  bytes: number;
}

/** Answer to messages about a finished recording: stop. */
export interface RecordingEnded {
  kind: "ended";
  /** Id of the recording. */
  recording: string;
}

/** The page wants a part of a file. */
export interface ReadMessage {
  kind: "read";
  /** The page's id for this download. */
  request: string;
  /** The `id` of one of the widget's `_files`. */
  file: string;
  /** Where the part begins, in bytes. */
  offset: number;
}

/** Answer to `read`. Buffer: the part, of a megabyte, or what there is up to the end. */
export interface PartMessage {
  kind: "part";
  /** Id of the download. */
  request: string;
  /** As in `read`. */
  offset: number;
  /** The file's size now, in bytes. */
  size: number;
}

/** Answer to `read`: the file cannot be read. */
export interface UnreadableMessage {
  kind: "unreadable";
  /** Id of the download. */
  request: string;
  /** Why. */
  message: string;
}

/** The page shows the editor, and wants its image and mask. */
export interface EditMessage {
  kind: "edit";
}

/**
 * Which mask a page has.
 *
 * A page's messages may be handled on several threads, so they may overtake each other.
 */
export interface Painted {
  /** The page's id, new with each load. */
  page: string;
  /** Increases with each mask that the page sends: a lower one is out of date. */
  stroke: number;
  /**
   * The newest of Python's masks that it is painted on: a lower one than Python's is out of
   * date.
   */
  version: number;
}

/**
 * The mask after a stroke, or after one was undone.
 *
 * Buffer: 255 where a person is, else 0; `uint8`, row by row, as many as the image has pixels;
 * compressed in zlib's format.
 */
export interface PaintedMessage extends Painted {
  kind: "painted";
}

/** Save image and mask as a pair. Buffer: the mask as in `painted`. */
export interface SaveMessage extends Painted {
  kind: "save";
  /** What the pair is called; empty for a name with the time. */
  name: string;
}

/** Answer to `edit`. Buffers: the image as JPEG, and the mask as in `painted`. */
export interface EditedMessage {
  kind: "edited";
  /** How often Python has set the mask. */
  version: number;
  /** Of the image, in pixels. */
  width: number;
  /** Likewise. */
  height: number;
}

/** Python has set the mask. Buffer: the mask as in `painted`. */
export interface MaskMessage {
  kind: "mask";
  /** How often it has. */
  version: number;
}

/** Answer to `save`: the pair is written. */
export interface SavedMessage {
  kind: "saved";
  /** Its name, and where it is. */
  message: string;
}

/** What the page has sent cannot be done. */
export interface RefusedMessage {
  kind: "refused";
  /** Why. */
  message: string;
}

/** What the page knows about a parameter of any kind. */
export interface ParameterFields {
  /** Its name in the effect. */
  name: string;
  /** The label of its control. */
  label: string;
  /** A short description; may be empty. */
  help: string;
  /** Whether its value is the view's trait of this name; else it is in `_effect_values`. */
  trait: boolean;
  /** The values of other parameters with which its control is shown; null for any. */
  shown_if: Record<string, ParameterValue> | null;
}

/** A number: a slider if it has a range, otherwise a field. */
export interface NumberSpec extends ParameterFields {
  kind: "number";
  /** Its first value. */
  default: number;
  /** Whether it is an integer. */
  whole: boolean;
  /** The lower end of its slider; null without one. */
  low: number | null;
  /** The upper end of its slider; null without one. */
  high: number | null;
  /** The step of one arrow key; null for any. */
  step: number | null;
  /** Its unit. */
  unit: "" | "pixels";
}

/** Yes or no: a checkbox. */
export interface SwitchSpec extends ParameterFields {
  kind: "switch";
  /** Its first value. */
  default: boolean;
}

/** One of several words or numbers: a picker. */
export interface ChoiceSpec extends ParameterFields {
  kind: "choice";
  /** Its first value. */
  default: ParameterValue;
  /** The options. */
  options: ParameterValue[];
}

/** A color: a color picker. */
export interface ColorSpec extends ParameterFields {
  kind: "color";
  /** Its first value, `#rrggbb` or `transparent`. */
  default: string;
  /** The color suggested when it is `transparent`; null if it cannot be. */
  suggested: string | null;
}

/** An image, or none: a button that opens one. */
export interface ImageSpec extends ParameterFields {
  kind: "image";
  /** Whether there is one to begin with. */
  default: boolean;
}

/** A color, or the file of an image or a video. */
export interface BackgroundSpec extends ParameterFields {
  kind: "background";
  /** Its first value, `#rrggbb`. */
  default: string;
}

/** Some of the model's classes, such as body parts: a checkbox for each. */
export interface ClassesSpec extends ParameterFields {
  kind: "classes";
  /** Its first value, `faces` or `all`; other values are lists of labels. */
  default: string;
}

/** A fragment shader. */
export interface ShaderSource {
  /** The uniforms of its parameters. */
  declarations: string;
  /** What the user wrote. */
  source: string;
}

/** Everything that the page knows about an effect. */
export interface EffectSpec {
  /** Its name, the value of the trait `effect`. */
  name: string;
  /** Its label in the picker. */
  label: string;
  /** Where it runs: the page draws built-in effects and shaders. */
  kind: "builtin" | "python" | "shader";
  /** The shader; null if it is none. */
  shader: ShaderSource | null;
  /** Its parameters, in the order of their controls. */
  parameters: ParameterSpec[];
  /** The classes that a model must have for it to be offered; null if any model will do. */
  needs: "faces" | "all" | null;
  /** What it draws of a model that does not have them, as the end of a sentence; may be empty. */
  otherwise: string;
}

/** The file of an image or a video, as it goes to the page and comes from there. */
export interface BackgroundFile {
  /** Its media type. */
  type: string;
  /** Its bytes. */
  data: DataView<ArrayBuffer>;
}

/** A stream whose model runs in the page. */
export interface LocalStream {
  /** Model id of the `SegmentationStream`. */
  stream: string;
  /** Identifies its results, the same for the same model with the same settings. */
  key: string;
  /** As `SegmentationStream.model`. */
  model: string;
  /** As `SegmentationStream.model_type`. */
  model_type: string;
  /** As `SegmentationStream.max_poses`. */
  max_poses: number;
  /** As `SegmentationStream.accelerator`. */
  accelerator: Accelerator;
  /** As `SegmentationStream.wanted_classes`. */
  classes: number[];
}

/** A camera that the browser knows. */
export interface CameraDevice {
  /** The browser's id of it. */
  id: string;
  /** Its name. */
  label: string;
}

/** The keypoints of a model's poses, and which of them a skeleton connects. */
export interface Topology {
  /** The keypoints' names, in the order of poses. */
  names: string[];
  /** Of each keypoint. */
  sides: Side[];
  /** Indices of connected keypoints. */
  pairs: [number, number][];
  /** Whether keypoints have depth and meters; without, z is 0 and meters are NaN. */
  in_3d: boolean;
}

/** A class that a model tells apart, such as a body part. */
export interface ClassName {
  /** Its value in the plane of labels. */
  value: number;
  /** Its label. */
  name: string;
}

/** The weights that a stream's model needs, which can be downloaded. */
export interface WeightsOffer {
  /** Where they are. */
  url: string;
  /** Bytes that would be downloaded. */
  size: number;
  /** Bytes that are there; null while nothing is downloaded. */
  done: number | null;
  /** Why the last download failed; empty if it did not. */
  problem: string;
}

/** The weights that a stream offers are to be downloaded, or no longer. */
export interface WeightsMessage {
  kind: "weights";
  /** Whether to download them; false cancels it. */
  download: boolean;
}

/** The numbers of an `AgreementTable`. */
export interface Agreement {
  /** The panels' names. */
  names: string[];
  /** Whether any panel has ever finished a frame. */
  started: boolean;
  /**
   * Of each pair the places of both in `names`, intersection over union, mean absolute
   * difference, and the frame's number.
   */
  pairs: [number, number, number, number, number][];
  /**
   * Of each pair whose models tell the same classes apart: the places of both in `names`, the
   * share of pixels with the same class among those with any, and by label the intersection over
   * union of each class that either shows.
   */
  classes: [number, number, number, Record<string, number>][];
}

/** An entry of a `MenuButton` was chosen in the page. */
export interface ChosenMessage {
  kind: "chosen";
  /** Its index in `items`, from 0. */
  index: number;
}

/** A file that the page can download. */
export interface SavedFile {
  /** How the page names it. */
  id: string;
  /** Its name. */
  name: string;
  /** Where it is, on the kernel's computer. */
  folder: string;
  /** Its size in bytes. */
  size: number;
}

/** A model's result in a saved page, as in `ResultFields`; buffers are base64. */
export interface SavedResult {
  /** Height and width of the mask, in pixels. */
  shape: [number, number];
  /** The part of the frame that the mask covers, in pixels of the frame. */
  region: [number, number, number, number];
  /** The mask, packed. */
  mask: string;
  /** The people. */
  poses: PoseMessage[];
  /** Of their keypoints; null if the model only finds masks. */
  topology: Topology | null;
  /** Their keypoints. */
  keypoints: string;
  /** What is in `packed_planes`, in the same order. */
  planes: PlaneMessage[];
  /** Planes of the mask's shape, packed. */
  packed_planes: string[];
}

/** A panel of a saved page, with the traits of its view. */
export interface SavedPanel {
  /** Its place, from 0. */
  id: number;
  /** The model. */
  name: string;
  /** What is drawn at first. */
  view: string;
  /** At first. */
  threshold: number;
  /** How much the mask covers, 0 to 1. */
  opacity: number;
  /** Of mask and contour, as `#rrggbb`. */
  mask_color: string;
  /** Of classes and people. */
  palette: Palette;
  /** The label of the class whose heatmap is shown; empty for a person. */
  heatmap_of: string;
  /** The classes of the model; empty if it only tells people from background. */
  classes: ClassName[];
  /** Whether it is mirrored. */
  mirror: boolean;
  /** Whether skeletons are drawn. */
  skeleton: boolean;
  /** The score from which a joint is drawn. */
  score_threshold: number;
  /** What else is known of the result. */
  facts: string;
  /** None if there is none. */
  result: SavedResult | null;
  /** Why there is none. */
  note: string;
  /** The effect that was shown, not mirrored, as a JPEG in base64. */
  effect: string | null;
}

/** What a saved page shows. */
export interface SavedPage {
  /** The frame, as a JPEG in base64. */
  frame: string;
  /** One for each view. */
  panels: SavedPanel[];
}

/** What stands somewhere in a live page. */
export interface LiveNode {
  /** What it is. */
  kind: "box" | "text" | "widget";
  /** Of its element. */
  classes: string[];
  /** What is in a box. */
  children: LiveNode[];
  /** The HTML of a text. */
  text: string;
  /** The model id of a widget. */
  widget: string;
}

/** A widget of a live page. */
export interface LiveWidget {
  /** Its model id. */
  id: string;
  /** The module in `frontend/src/widgets`; empty if it is only a model. */
  kind: string;
  /** Its traits; bytes are `{"bytes": base64}`. */
  state: Record<string, unknown>;
}

/** Two traits that are kept the same. */
export interface LiveLink {
  /** A model id, and the name of its trait. */
  source: [string, string];
  /** The same of the other. */
  target: [string, string];
}

/** A file beside a live page. */
export interface LiveFile {
  /** What it is asked for by. */
  name: string;
  /** Its address, relative to the page. */
  path: string;
  /** In bytes. */
  size: number;
  /** SHA-256, as hexadecimal digits. */
  digest: string;
}

/** What a live page shows, and where its files are. */
export interface LivePage {
  /** What is shown. */
  layout: LiveNode;
  /** All widgets, and the models that they refer to. */
  widgets: LiveWidget[];
  /** Between their traits. */
  links: LiveLink[];
  /** What runs the models. */
  files: LiveFile[];
  /** The address of the sample image, relative to the page. */
  sample: string;
}

/** The page needs plotly.js, for all plots of this version. */
export interface ProgramRequest {
  kind: "program";
  /** The page's id for this request. */
  request: string;
}

/** A display is ready for the figure. */
export interface FigureRequest {
  kind: "figure";
}

/** A display has drawn an update, or the figure with it. */
export interface DrawnMessage {
  kind: "drawn";
  /** Its number. */
  update: number;
}

/** The user has turned, moved or zoomed a plot in space. */
export interface CameraMessage {
  kind: "camera";
  /** `layout.scene.camera`. */
  camera: Record<string, unknown>;
}

/** A part of plotly.js. Buffer: the part; all of them, joined, are gzip's. */
export interface ProgramPart {
  kind: "program";
  /** Id of the request that it answers. */
  request: string;
  /** How many there are. */
  parts: number;
}

/** The whole figure: for a new display, or because its style was changed. */
export interface FigureMessage {
  kind: "figure";
  /** Number of the update that it contains. */
  update: number;
  /** The figure, in plotly's JSON. */
  figure: string;
  /** plotly's configuration. */
  config: Record<string, unknown>;
}

/** What has changed. Buffers: its arrays, to which `{"buffer", "dtype"}` refers. */
export interface UpdateMessage {
  kind: "update";
  /** Its number, which increases. */
  update: number;
  /**
   * By the trace's index, the properties that change, such as `"line.color"`, and their
   * values.
   */
  traces: Record<string, Record<string, unknown>>;
  /** The properties of the layout that change, and their values. */
  layout: Record<string, unknown>;
}

/** A message from a page on a frame channel. */
export type PageMessage =
  | FrameMessage
  | OpenMessage
  | NextMessage
  | ShowMessage
  | KeepAliveMessage
  | CloseMessage
  | UploadMessage
  | LeaveMessage
  | SampleRequest
  | PingMessage
  | SeenMessage
  | LocalStateMessage
  | AssetRequest;

/** The outcome of a frame: one of these from each stream. */
export type AnswerMessage = ResultMessage | SkippedMessage | FailedMessage;

/** A status message about a kernel source. */
export type SessionNews =
  | ProgressMessage
  | OpenedMessage
  | NoticeMessage
  | RejectedMessage
  | EndedMessage;

/** A request from Python to the page that runs the source. */
export type CommandMessage = ShowAgainCommand | StepCommand | ShowCommand;

/** A message from the kernel on a frame channel. */
export type KernelMessage =
  | AnswerMessage
  | ImageMessage
  | EffectResultMessage
  | EffectErrorMessage
  | ExpiredMessage
  | SessionNews
  | StoredMessage
  | CommandMessage
  | SampleMessage
  | AssetMessage
  | PongMessage;

/** A message from a page to a view recorder. */
export type RecorderPageMessage =
  | RecordingOffer
  | RecordingRefusal
  | ChunkMessage
  | HeartbeatMessage
  | RecordingEnd;

/** A message from a view recorder to a page. */
export type RecorderKernelMessage = BeginMessage | WrittenMessage | RecordingEnded;

/** A message from saved files to a page. */
export type FileKernelMessage = PartMessage | UnreadableMessage;

/** A message from a page to a mask editor. */
export type EditorPageMessage = EditMessage | PaintedMessage | SaveMessage;

/** A message from a mask editor to a page. */
export type EditorKernelMessage = EditedMessage | MaskMessage | SavedMessage | RefusedMessage;

/** The value of a parameter as JSON. */
export type ParameterValue = number | boolean | string | string[];

/** Everything that the page knows about a parameter. */
export type ParameterSpec =
  | NumberSpec
  | SwitchSpec
  | ChoiceSpec
  | ColorSpec
  | ImageSpec
  | BackgroundSpec
  | ClassesSpec;

/** A message from a page to a live plot. */
export type FigurePageMessage = ProgramRequest | FigureRequest | DrawnMessage | CameraMessage;

/** A message from a live plot to its displays. */
export type FigureKernelMessage = ProgramPart | FigureMessage | UpdateMessage;

/**
 * `"camera"`: a camera on the computer that shows the page. `"screen"`: one of its screens,
 * windows or tabs. `"file"`: the image, video or recording at `Webcam.path`. `"kernel camera"`: a
 * camera on the kernel's computer. `"python"`: images given in Python. `"stream"`: the ipywebrtc
 * stream `Webcam.stream`. `"sample"`: the bundled portrait, moved and scaled by the browser. The
 * others: the samples of these names, see `bodyseg_widgets.sample`.
 */
export type Origin =
  | "camera"
  | "screen"
  | "file"
  | "kernel camera"
  | "python"
  | "stream"
  | "sample"
  | "portrait"
  | "squats"
  | "yoga"
  | "signing"
  | "crossing";

/**
 * What a person can choose in a page. The first four are the person's own or the package's;
 * `"path"` is any file on the kernel's computer, `"url"` any address that it reaches, and
 * `"kernel camera"` any camera of it.
 */
export type PageSource =
  | "camera"
  | "screen"
  | "upload"
  | "sample"
  | "path"
  | "url"
  | "kernel camera";

/** What a source is doing; see `Webcam.state`. */
export type RunState = "idle" | "starting" | "live" | "waiting" | "on hold" | "failed";

/**
 * Which results of models in the page Python wants: none, masks and poses alone, or those with the
 * images of their frames.
 */
export type WantedResults = "none" | "alone" | "with_images";

/** What a stream is doing; see `SegmentationStream.state`. */
export type StreamState = "loading" | "ready" | "failed";

/** What a recorder is doing; see `ViewRecorder.state`. */
export type RecorderState = "idle" | "starting" | "recording" | "paused" | "finishing" | "failed";

/** What a `SegmentationView` can show. */
export type View =
  | "mask"
  | "heatmap"
  | "cut-out"
  | "contour"
  | "parts"
  | "people"
  | "picture"
  | "effect";

/** What a `DifferenceView` can show. */
export type DifferenceView = "agreement" | "difference";

/** What paints a mask, and what takes away from it. */
export type Tool = "brush" | "eraser";

/**
 * What is shown of an agreement: `"iou"`, the intersection over union of the masks, 0 to 1 (the
 * same), `"difference"`, the mean absolute difference of the probabilities, 0 (the same) to 1, or
 * `"classes"`, for two models that tell the same classes apart: the share of pixels with the same
 * class among those that have one in either, 0 to 1 (the same), and the table has each class.
 */
export type Measure = "iou" | "difference" | "classes";

/** A side of the body, as the person sees it. */
export type Side = "left" | "right" | "middle";

/** What a page runs a network with: what is faster, its processor or its graphics card. */
export type Accelerator = "auto" | "wasm" | "webgpu";

/** What the numbers of a plane are. */
export type PlaneKind = "labels" | "people" | "class";

/** The palettes, by name; each has 24 colors. */
export type Palette = "rainbow" | "colorblind";

/** The built-in effects, by name, in the order in which pickers list them. */
export type BuiltinEffect =
  | "bokeh"
  | "mask"
  | "pixelated"
  | "background"
  | "face_blur"
  | "part_blur"
  | "colored";

/** The names of BlazePose's keypoints, in the order of `Pose.keypoints`. */
export const KEYPOINT_NAMES = [
  "nose",
  "left_eye_inner",
  "left_eye",
  "left_eye_outer",
  "right_eye_inner",
  "right_eye",
  "right_eye_outer",
  "left_ear",
  "right_ear",
  "mouth_left",
  "mouth_right",
  "left_shoulder",
  "right_shoulder",
  "left_elbow",
  "right_elbow",
  "left_wrist",
  "right_wrist",
  "left_pinky",
  "right_pinky",
  "left_index",
  "right_index",
  "left_thumb",
  "right_thumb",
  "left_hip",
  "right_hip",
  "left_knee",
  "right_knee",
  "left_ankle",
  "right_ankle",
  "left_heel",
  "right_heel",
  "left_foot_index",
  "right_foot_index",
] as const;

/**
 * The 17 keypoints in the order of the network's outputs. All of them are keypoints of BlazePose,
 * too.
 */
export const BODYPIX_KEYPOINT_NAMES = [
  "nose",
  "left_eye",
  "right_eye",
  "left_ear",
  "right_ear",
  "left_shoulder",
  "right_shoulder",
  "left_elbow",
  "right_elbow",
  "left_wrist",
  "right_wrist",
  "left_hip",
  "right_hip",
  "left_knee",
  "right_knee",
  "left_ankle",
  "right_ankle",
] as const;

/**
 * (parent, child) of the 16 edges of the tree of keypoints, in the order of the displacements that
 * the network returns: POSE_CHAIN in body-segmentation/src/body_pix/impl/keypoints.ts.
 */
export const BODYPIX_EDGES = [
  [0, 1],
  [1, 3],
  [0, 2],
  [2, 4],
  [0, 5],
  [5, 7],
  [7, 9],
  [5, 11],
  [11, 13],
  [13, 15],
  [0, 6],
  [6, 8],
  [8, 10],
  [6, 12],
  [12, 14],
  [14, 16],
] as const;

/** What labels of BodyPix stand for, see `PlaneMessage.meaning`. */
export const BODYPIX_MEANING = 3586003650;

/**
 * Maximum frames in flight per page while the kernel is near: one being processed in the kernel,
 * one arriving.
 */
export const FRAMES_IN_FLIGHT = 2;

/** The same for a kernel that is far away, where more frames are under way at a time. */
export const MOST_FRAMES_IN_FLIGHT = 4;

/**
 * JPEG quality of frames that a page sends, 0 to 1: small enough to encode and send 30 times per
 * second, good enough to look at.
 */
export const FRAME_JPEG_QUALITY = 0.8;

/**
 * Largest part of a file in one `upload`, in bytes: large compared to its header, small compared to
 * servers' limits.
 */
export const UPLOAD_CHUNK_BYTES = 1048576;

/** Largest part of a file in one `asset`, in bytes, as of an `upload`. */
export const ASSET_PART_BYTES = 1048576;

/** How often a page sends `keep_alive` while a kernel source is open. */
export const KEEP_ALIVE_SECONDS = 5;

/**
 * How long nobody has to need a source's frames before its camera is switched off, and no control
 * to be displayed before it is stopped: a cell that is moved displays it anew.
 */
export const PATIENCE_SECONDS = 3;

/** How often a hidden page that records sends a heartbeat, if the browser allows. */
export const HEARTBEAT_SECONDS = 2;

/** Bytes of a video that a page may have sent before the kernel has written them. */
export const UNWRITTEN_BYTES = 8388608;

/**
 * Largest background video that a page may upload, in bytes: it is sent in one message, and servers
 * accept 10 MB.
 */
export const UPLOADED_BACKGROUND_BYTES = 8388608;

/** Largest brush of a mask editor, in pixels of its image. */
export const MAX_BRUSH_SIZE = 300;

/** Of masks and contours: stands out from skin, hair and rooms. */
export const TEAL = [0, 163, 163] as const;

/** Okabe and Ito's sky blue and orange, which color-blind people can tell apart, and white. */
export const SIDE_COLORS = {
  left: "#56b4e9",
  right: "#e69f00",
  middle: "#ffffff",
} as const;

/** The palettes, by name; each has 24 colors. */
export const PALETTES = {
  rainbow: [
    "#6e40aa",
    "#8f3db2",
    "#b23cb2",
    "#d23ea7",
    "#ee4395",
    "#ff4e7d",
    "#ff5e63",
    "#ff734b",
    "#ff8c38",
    "#efa72f",
    "#d9c231",
    "#c2db40",
    "#aff05b",
    "#87f557",
    "#60f760",
    "#40f373",
    "#28ea8d",
    "#1cdba9",
    "#1ac7c2",
    "#21b0d5",
    "#2f96e0",
    "#417de0",
    "#5465d6",
    "#6351c3",
  ],
  colorblind: [
    "#a16f00",
    "#efc159",
    "#c0b635",
    "#908928",
    "#f4ec7b",
    "#faf6bd",
    "#005b8e",
    "#00446b",
    "#4c9cc9",
    "#a6cee4",
    "#6b6b6b",
    "#bdbdbd",
    "#3c7ea3",
    "#91cef1",
    "#a36186",
    "#7a4964",
    "#dba1c1",
    "#edd0e0",
    "#aa4b00",
    "#803800",
    "#e28e4c",
    "#f0c7a6",
    "#006f50",
    "#59c0a4",
  ],
} as const;

/**
 * From one person's color to the next one's, in a palette: far enough to look different, and
 * without a common divisor with 24, so that all are used.
 */
export const PERSON_LEAP = 7;

/** The label of what is no class of people, in lowercase. */
export const BACKGROUND = "background";

/** Constants of `rendering/skeleton.py`, which explains them. */
export const SKELETON = {
  boneWidth: 3,
  jointRadius: 4,
  usualWidth: 640,
  smallest: 0.4,
  faintest: 0.15,
} as const;

/** Constants of `rendering/blur.py`, which explains them. */
export const BLUR = {
  leastSigma: 1,
  reach: 3,
} as const;

/** Constants of `rendering/matting.py`, which explains them. */
export const MATTING = {
  smallSide: 80,
  sigma: 1,
  least: 1e-6,
  doubt: 0.001,
} as const;

/** Longer side in pixels that images for the page are scaled down to. */
export const MAX_EFFECT_IMAGE_SIDE = 1280;

/**
 * JPEG quality, 0 to 1, of images that Python sends to the page, and of images for effects that are
 * chosen in the page: higher than a webcam's, because they are looked at longer.
 */
export const IMAGE_JPEG_QUALITY = 0.9;

/** The bundled samples, which the kernel opens. */
export const SAMPLES = ["portrait", "squats", "yoga", "signing", "crossing"] as const;

/**
 * How many people's landmarks a shader gets: with 33 each, they leave more than a third of the 224
 * vectors that every WebGL2 has for uniforms.
 */
export const MAX_SHADER_POSES = 4;

/** The highest contour width, in image pixels. */
export const MAX_CONTOUR_WIDTH = 10;

/** The highest background blur or edge blur or mask blur or face blur or blur, in image pixels. */
export const MAX_BLUR_AMOUNT = 60;
