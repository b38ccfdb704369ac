import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Command } from '../main.ts';
import { DIST, ensureBuilt } from '../project.ts';

/** Script the page may load before a model is opened, in bytes (min + gzip). */
const LIMIT = 220_000;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}

const budget: Command = {
  about: 'how much script the built page loads before a model is opened',
  async run() {
    await ensureBuilt();
    const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));
    const files = scriptsAtStart(manifest);
    if (files.length === 0) throw new Error('The build names no script for index.html: nothing was measured.');
    const sizes = files.map((file) => ({ file, bytes: gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length }));
    for (const { file, bytes } of sizes) process.stdout.write(`${kilobytes(bytes).padStart(9)}  ${file}\n`);
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const runtime = sizes.find(({ file }) => isRuntime(file));
    if (runtime)
      throw new Error(`ONNX Runtime is loaded at the start, in ${runtime.file}: keep it behind import() in the worker.`);
    process.stdout.write(`${kilobytes(total).padStart(9)}  of ${kilobytes(LIMIT)} before a model is opened (min + gzip)\n`);
    if (total <= LIMIT) return 0;
    process.stderr.write(`budget: ${kilobytes(total - LIMIT)} too much. Put something heavy behind import().\n`);
    return 1;
  },
};

export default budget;

/** index.html's scripts and all they import without `import()`, plus what index.html preloads. */
export function scriptsAtStart(manifest: Readonly<Record<string, Chunk>>, html = readFileSync(join(DIST, 'index.html'), 'utf8')) {
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

function isRuntime(file: string): boolean {
  const path = join(DIST, file);
  return existsSync(path) && /OrtGetLastError|ort-wasm-simd/.test(readFileSync(path, 'utf8'));
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
