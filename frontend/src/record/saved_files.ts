/** Links that download files of the kernel's computer. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import type { FileKernelMessage, ReadMessage, SavedFile } from "../generated";
import { button, element, setText, widgetRoot } from "../kit/dom";
import { fileSize } from "../kit/file_size";
import { CommChannel } from "../transport/comm_channel";
import { type FileChannel, readFile } from "./download";

interface Traits {
  _files: SavedFile[];
}

/** ms until the browser has surely taken a file over. */
const TAKEN_OVER = 60_000;

/** One file: its link, its size and folder, and how far it is read. */
class Row {
  readonly el = element("li", { class: "bodyseg-file" });
  private readonly link: HTMLButtonElement;
  private readonly bar = element("progress", { max: "1" });
  private readonly facts = element("span", { class: "bodyseg-quiet" });
  private readonly trouble = element("span", { role: "status" });
  private running: AbortController | null = null;

  constructor(
    private file: SavedFile,
    private readonly channel: FileChannel,
    signal: AbortSignal,
  ) {
    this.link = button("", () => this.press(), "bodyseg-file-link");
    this.bar.setAttribute("aria-label", `How much of ${file.name} is read`);
    this.bar.hidden = true;
    this.el.append(this.link, this.facts, this.bar, this.trouble);
    signal.addEventListener("abort", () => this.running?.abort());
    channel.onLost(() => this.show(), signal);
    this.update(file);
  }

  /** Show what is known of the file now. */
  update(file: SavedFile): void {
    this.file = file;
    this.show();
  }

  private show(): void {
    const { file, link } = this;
    const running = this.running !== null;
    setText(link, running ? `Cancel ${file.name}` : file.name);
    const label = `${running ? "Cancel the download of" : "Download"} ${file.name}`;
    link.setAttribute("aria-label", label);
    link.title = label;
    link.disabled = !this.channel.alive;
    setText(this.facts, `${fileSize(file.size)} · in ${file.folder}`);
    this.bar.hidden = !running;
  }

  private press(): void {
    if (this.running) this.running.abort();
    else void this.download();
  }

  private async download(): Promise<void> {
    const { file } = this;
    this.running = new AbortController();
    this.bar.value = 0;
    setText(this.trouble, "");
    this.show();
    const progress = (read: number, size: number) => {
      this.bar.value = read / size;
    };
    try {
      save(await readFile(this.channel, file, progress, this.running.signal), file.name);
    } catch (error) {
      setText(this.trouble, error instanceof Error ? error.message : String(error));
    }
    this.running = null;
    this.show();
  }
}

/** Have the browser put a file where downloads go. */
function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), TAKEN_OVER);
}

class SavedFilesElement {
  private readonly rows = new Map<string, Row>();
  private readonly list = element("ul", { "aria-label": "Saved files" });
  private readonly said = element("span", { class: "bodyseg-spoken", role: "status" });

  constructor(
    private readonly model: AnyModel<Traits>,
    private readonly el: HTMLElement,
    private readonly channel: FileChannel,
    private readonly signal: AbortSignal,
  ) {
    widgetRoot(el, "bodyseg-files");
    el.append(this.list, this.said);
    model.on("change:_files", () => {
      this.show();
      const newest = model.get("_files").at(-1);
      if (newest) setText(this.said, `${newest.name} can be downloaded.`);
    });
    this.show();
  }

  private show(): void {
    const files = this.model.get("_files");
    this.el.classList.toggle("bodyseg-empty", files.length === 0);
    // The newest first. Only what is not there yet is put there: the others may have the focus.
    for (const [at, file] of files.entries()) {
      const { el } = this.rowOf(file);
      const isNewest = at === files.length - 1;
      if (el.parentElement !== this.list || (isNewest && this.list.firstElementChild !== el))
        this.list.prepend(el);
    }
  }

  private rowOf(file: SavedFile): Row {
    const row = this.rows.get(file.id) ?? new Row(file, this.channel, this.signal);
    this.rows.set(file.id, row);
    row.update(file);
    return row;
  }
}

function render({ model, el, signal }: RenderProps<Traits>) {
  new SavedFilesElement(
    model,
    el,
    new CommChannel<ReadMessage, FileKernelMessage>(model as AnyModel, signal),
    signal,
  );
}

export default { render };
