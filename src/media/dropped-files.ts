import { TokenscopeError } from '../core/errors.ts';
import type { Remark } from './opened-picture.ts';

/** As many files of a folder are looked at. */
const MOST_FILES = 5000;
/** A model in the folder: its files stay together and nothing is passed over. */
const MANIFEST = 'manifest.json';
const GRAPH = /\.onnx$/i;

export interface DroppedFiles {
  /** In natural order (2 before 10); `webkitRelativePath` says where in a folder they lay. */
  readonly files: readonly File[];
  readonly remarks: readonly Remark[];
}

/**
 * Everything that was dropped, folders walked to the bottom. Must be called in the drop's own event, because the browser
 * forgets what was dropped after it. Files dropped by themselves are all kept; see `pickFromFolder` for folders.
 */
export async function filesFromDrop(transfer: DataTransfer): Promise<DroppedFiles> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  const loose = items.filter((_, i) => !entries[i]?.isDirectory).map((item) => item.getAsFile());
  const inside: File[] = [];
  for (const entry of entries) if (entry?.isDirectory) await walk(entry as FileSystemDirectoryEntry, inside);
  const kept = loose.filter((file) => file !== null).sort(naturally);
  if (inside.length === 0) return { files: kept, remarks: [] };
  const { files, remarks } = pickFromFolder(inside, kept.length);
  return { files: [...kept, ...files], remarks };
}

/**
 * The pictures, clips and token arrays of a folder in natural order, or all its files when it holds a model. Throws `media-none`
 * when nothing is left and there were no `others`.
 */
export function pickFromFolder(inside: readonly File[], others = 0): DroppedFiles {
  const visible = inside.slice(0, MOST_FILES).filter((file) => !file.name.startsWith('.'));
  const isModel = visible.some(({ name }) => name === MANIFEST || GRAPH.test(name));
  const files = isModel ? visible : visible.filter(mayBePicture).sort(naturally);
  const skipped = visible.length - files.length;
  if (files.length + others === 0) throw new TokenscopeError('media-none', { skipped });
  const remarks: Remark[] = [];
  if (skipped > 0) remarks.push({ text: 'sources.notice.skipped', parameters: { skipped } });
  if (inside.length >= MOST_FILES) remarks.push({ text: 'sources.notice.cut', parameters: { kept: MOST_FILES } });
  return { files, remarks };
}

async function walk(folder: FileSystemDirectoryEntry, found: File[]): Promise<void> {
  const reader = folder.createReader();
  while (found.length < MOST_FILES) {
    // A reader gives a hundred entries at a time and none at the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    for (const entry of entries) {
      if (found.length >= MOST_FILES) return;
      if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, found);
      else found.push(await fileOf(entry as FileSystemFileEntry));
    }
  }
}

async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  // Files chosen with a folder chooser carry their path; dropped ones have to be given it.
  Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.slice(1) });
  return file;
}

const ENDINGS = /\.(?:jpe?g|jfif|a?png|webp|avif|gif|bmp|svg|tiff?|hei[cf]|npy|mp4|m4v|mov|webm|mkv)$/i;

/** In a folder the name decides: opening every file to look inside would take minutes. Without an ending it may be one. */
function mayBePicture({ name, type }: File): boolean {
  return type.startsWith('image/') || ENDINGS.test(name) || (type === '' && !/\.\w{1,8}$/.test(name));
}

const { compare } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Natural order: 2 before 10. */
export function naturally(a: File, b: File): number {
  return compare(a.webkitRelativePath || a.name, b.webkitRelativePath || b.name);
}
