/** Files out of what was dropped or picked, with their paths inside the folder. */

export interface PickedFile {
  file: File;
  /** Path relative to what was dropped, with forward slashes. */
  path: string;
}

/** Left behind by operating systems and tools; nobody means to upload them. */
export function isClutter(path: string): boolean {
  return path
    .split("/")
    .some((part) => part.startsWith(".") || part === "__MACOSX" || /^(thumbs\.db|desktop\.ini)$/i.test(part));
}

/** Empty files stay: the server says of each by name that it is empty. */
export const withoutClutter = (picked: PickedFile[]): PickedFile[] =>
  picked.filter(({ path }) => !isClutter(path));

export function pickedFrom(files: Iterable<File>): PickedFile[] {
  return withoutClutter([...files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
}

/**
 * Everything below the dropped files and folders. Has to be called while the drop event is handled: the
 * browser empties the list afterwards.
 */
export async function pickedFromDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return pickedFrom(transfer.files);
  const found: PickedFile[] = [];
  for (const entry of entries) await collect(entry, found);
  return withoutClutter(found);
}

async function collect(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A directory is read in portions, until an empty one.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (portion.length === 0) return;
    for (const child of portion) await collect(child, found);
  }
}
