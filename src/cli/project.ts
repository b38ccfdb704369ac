import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the project lies: every command runs from here. */
export const ROOT = resolve(import.meta.dirname, '../..');
export const DIST = join(ROOT, 'dist');

/** Everything a build is made of. */
const INPUTS = ['src', 'public', 'models', 'index.html', 'vite.config.ts', 'package-lock.json'];

/** Runs a program with its output on ours; gives its exit code. */
export function runProgram(program: string, argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((settle, reject) => {
    const child = spawn(program, argv, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } });
    child.on('error', reject);
    child.on('exit', (code, signal) => settle(code ?? (signal ? 1 : 0)));
  });
}

/** Runs a tool of node_modules, e.g. `vite`, without a shell. */
export function runTool(script: string, argv: readonly string[], environment?: NodeJS.ProcessEnv): Promise<number> {
  return runProgram(process.execPath, [join(ROOT, 'node_modules', script), ...argv], environment);
}

/** Builds the site into dist/; gives the exit code. Our own process is a development server's, which must not rub off. */
export function buildSite(): Promise<number> {
  return runTool('vite/bin/vite.js', ['build', '--logLevel', 'warn'], { NODE_ENV: 'production' });
}

/** Builds the site into dist/ unless nothing has changed since. */
export async function ensureBuilt(): Promise<void> {
  const built = join(DIST, 'index.html');
  if (existsSync(built) && newest(INPUTS) < statSync(built).mtimeMs) return;
  if ((await buildSite()) !== 0) throw new Error('The site could not be built.');
}

/** Time of the last change, in ms, below paths of the project. What training leaves behind is no input. */
function newest(paths: readonly string[]): number {
  let latest = 0;
  for (const path of paths) {
    const full = join(ROOT, path);
    if (!existsSync(full)) continue;
    const facts = statSync(full);
    latest = Math.max(latest, facts.mtimeMs);
    if (!facts.isDirectory() || path === 'models/recipes' || path === 'src/cli') continue;
    latest = Math.max(latest, newest(readdirSync(full).map((name) => `${path}/${name}`)));
  }
  return latest;
}
