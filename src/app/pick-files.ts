/** What the file chooser offers first; anything may still be chosen, and is judged by its content. */
const ACCEPT = 'image/*,video/*,.mkv,.heic,.heif,.avif,.tif,.tiff,.npy,.json,.csv';

/** Asks for files (of a model: of any kind), or for a folder. Empty when the visitor changes their mind. Must be called from a click or key. */
export function pickFiles(what: 'files' | 'models' | 'folder'): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  if (what === 'folder') input.webkitdirectory = true;
  else {
    input.multiple = true;
    if (what === 'files') input.accept = ACCEPT;
  }
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/** Hands a file to the browser's own saving. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own hold on the blob by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
