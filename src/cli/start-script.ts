import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from './project.ts';

/** Script the page may load before a model is opened, in bytes (min + gzip). */
export const SCRIPT_LIMIT = 220_000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

export interface StartScript {
  readonly total: number;
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
}

/** Sizes (gzip) of what the built page loads by itself; throws when nothing is found or ONNX Runtime is among it. */
export function measureStartScript(): StartScript {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));
  const names = scriptsAtStart(manifest, readFileSync(join(DIST, 'index.html'), 'utf8'));
  if (names.length === 0) throw new Error('The build names no script for index.html: nothing was measured.');
  const files = names.map((file) => {
    const text = readFileSync(join(DIST, file), 'utf8');
    if (/OrtGetLastError|_OrtCreateSession/.test(text)) {
      throw new Error(`ONNX Runtime is loaded at the start, in ${file}: keep it behind import() in the worker.`);
    }
    return { file, bytes: gzipSync(text, { level: 9 }).length };
  });
  return { total: files.reduce((sum, { bytes }) => sum + bytes, 0), files };
}

/** index.html's scripts and all they import without `import()`, plus what index.html preloads. */
export function scriptsAtStart(manifest: Readonly<Record<string, Chunk>>, html: string): string[] {
  const files = new Set<string>();
  const visit = (key: string): void => {
    const chunk = manifest[key];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    chunk.imports?.forEach(visit);
  };
  visit('index.html');
  for (const [, file = ''] of html.matchAll(
    /<(?:script[^>]* src|link[^>]* rel="modulepreload"[^>]* href)="\.?\/?([^"]+\.js)"/g,
  )) {
    files.add(file);
  }
  return [...files].filter((file) => file.endsWith('.js'));
}
