import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of fixtures as it would be dropped: files by their path below it. */
export function droppedFolder(folder: string): Record<string, Blob> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const root = folder.replace(/\/$/, '');
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(root.length + 1), new Blob([readFileSync(path)])];
    }),
  );
}
