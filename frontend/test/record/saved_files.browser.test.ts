import { expect, it, vi } from "vitest";
import type { ReadMessage } from "../../src/generated";
import savedFiles from "../../src/widgets/saved_files";
import { type FakeModel, FakePage } from "../fakes";

const BYTES = Uint8Array.from({ length: 25 }, (_, index) => index);
const FILE = { id: "f", name: "lesson.bodyseg", folder: "my lessons", size: BYTES.length };

/** The first part that the page asked for. */
function asked(model: FakeModel): ReadMessage {
  return model.sent[0]?.content as unknown as ReadMessage;
}

/** What the browser was told to save: file names with their bytes. */
function watchDownloads(): { name: string; bytes: Promise<ArrayBuffer> }[] {
  const saved: { name: string; bytes: Promise<ArrayBuffer> }[] = [];
  const blobs = new Map<string, Blob>();
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    const address = `blob:${blobs.size}`;
    blobs.set(address, blob as Blob);
    return address;
  });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    const bytes = blobs.get(this.href)?.arrayBuffer() ?? Promise.reject(new Error(this.href));
    saved.push({ name: this.download, bytes });
  });
  return saved;
}

it("shows nothing until something is saved, then links with their folder that download it", async () => {
  const saved = watchDownloads();
  const page = new FakePage();
  const model = page.add("files", { _files: [] }, savedFiles);
  const { el } = await page.display("files");
  const root = el.querySelector<HTMLElement>(".bodyseg-files") ?? el;
  expect(root.offsetHeight).toBe(0);

  model.onSend = ({ content }) => {
    const { request, offset } = content as unknown as ReadMessage;
    const part = new DataView(BYTES.slice(offset, offset + 10).buffer);
    queueMicrotask(() => model.deliver({ kind: "part", request, offset, size: 25 }, [part]));
  };
  model.receive({ _files: [{ ...FILE, id: "e", name: "before.npz" }, FILE] });
  const links = [...el.querySelectorAll("button")];
  expect(links.map(({ textContent }) => textContent)).toEqual(["lesson.bodyseg", "before.npz"]);
  expect(el.textContent).toContain("my lessons");
  expect(el.querySelector("[role=status]:not(li *)")?.textContent).toContain("lesson.bodyseg");

  links[0]?.click();
  await vi.waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]?.name).toBe("lesson.bodyseg");
  expect(new Uint8Array((await saved[0]?.bytes) as ArrayBuffer)).toEqual(BYTES);
  expect(el.querySelector("progress")?.hidden).toBe(true);
});

it("shows how far it is, and can be cancelled", async () => {
  const saved = watchDownloads();
  const page = new FakePage();
  const model = page.add("files", { _files: [FILE] }, savedFiles);
  const { el } = await page.display("files");
  const link = el.querySelector("button") as HTMLButtonElement;
  link.click();
  const { request } = asked(model);
  const part = new DataView(BYTES.slice(0, 10).buffer);
  model.deliver({ kind: "part", request, offset: 0, size: 25 }, [part]);
  const bar = el.querySelector("progress") as HTMLProgressElement;
  expect(bar.hidden).toBe(false);
  expect(bar.value).toBeCloseTo(0.4);
  expect(link.textContent).toBe("Cancel lesson.bodyseg");
  link.click();
  await vi.waitFor(() => expect(link.textContent).toBe("lesson.bodyseg"));
  expect(bar.hidden).toBe(true);
  expect(saved).toEqual([]);
});

it("says why a file cannot be read", async () => {
  const page = new FakePage();
  const model = page.add("files", { _files: [FILE] }, savedFiles);
  const { el } = await page.display("files");
  el.querySelector("button")?.click();
  const { request } = asked(model);
  model.deliver({ kind: "unreadable", request, message: "The file is gone." });
  await vi.waitFor(() => expect(el.textContent).toContain("The file is gone."));
});
