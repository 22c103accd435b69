/** Call `drop` with each file that is dropped on an element. */
export function acceptFiles(
  element: HTMLElement,
  drop: (file: File) => void,
  signal: AbortSignal,
): void {
  const over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    element.classList.toggle("bodyseg-drop", event.type === "dragover");
  };
  for (const type of ["dragover", "dragleave"] as const)
    element.addEventListener(type, over, { signal });
  element.addEventListener(
    "drop",
    (event) => {
      over(event);
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.stopPropagation();
      drop(file);
    },
    { signal },
  );
}
