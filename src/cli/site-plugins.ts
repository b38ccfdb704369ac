import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** What the built page may load and do. Style attributes are set through the DOM, which needs no 'unsafe-inline'. */
const POLICY = {
  'default-src': "'self'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob:",
  // For a model or file elsewhere, or on this machine, that the visitor asks for, and only then (a test watches).
  'connect-src': "'self' https: http://localhost:* http://127.0.0.1:* blob: data:",
  'worker-src': "'self' blob:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** The Content-Security-Policy, in the page itself so that it holds on every host. Only in builds: Vite's dev client needs more. */
export function securityPolicy(): Plugin {
  const content = Object.entries(POLICY)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
  return {
    name: 'tokenscope-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content }, injectTo: 'head-prepend' },
    ],
  };
}

/** Typefaces that every language needs. */
const TYPEFACES = /(inter|jetbrains-mono)-latin-wght-normal-[^/]*\.woff2$/;

/**
 * The page's script, its style and its typefaces are asked for together. A policy in the page keeps the browser from looking
 * ahead, so that what stands behind a script that blocks would wait for it.
 */
export function startTogether(): Plugin {
  return {
    name: 'tokenscope-start-together',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const typefaces = Object.keys(bundle)
          .filter((file) => TYPEFACES.test(file))
          .map((file) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="./${file}">`);
        const blocking = /\s*<script src="[^"]*first-paint\.js"><\/script>/.exec(html)?.[0] ?? '';
        return html.replace(blocking, '').replace(/\s*<\/head>/, `\n    ${typefaces.join('\n    ')}${blocking}\n  </head>`);
      },
    },
  };
}

/** Above this (bytes) a file is fetched when it is used, not kept beforehand. */
const KEEP_UP_TO = 600_000;

export const SERVICE_WORKER = 'service-worker';

/** Tells the service worker which files the build has made. */
export function siteFiles(): Plugin {
  let publicFolder = '';
  return {
    name: 'tokenscope-site-files',
    apply: 'build',
    configResolved(config) {
      publicFolder = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[`${SERVICE_WORKER}.js`];
        if (worker?.type !== 'chunk') return;
        const sizes = new Map(Object.values(bundle).map((file) => [file.fileName, sizeOf(file)]));
        for (const file of filesBelow(publicFolder)) sizes.set(file, statSync(join(publicFolder, file)).size);
        worker.code = worker.code
          .replace(/\bRUNTIME_FILES\b/g, JSON.stringify(runtimeFiles([...sizes.keys()])))
          .replace(/\bSITE_FILES\b/g, JSON.stringify(keptFiles(sizes)));
      },
    },
  };
}

function sizeOf(file: { type: 'chunk'; code: string } | { type: 'asset'; source: string | Uint8Array }): number {
  return file.type === 'chunk' ? file.code.length : file.source.length;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
}

/** Weights are the engine's to keep; hosts' files and the worker itself are not asked for by the page. */
function keptFiles(sizes: ReadonlyMap<string, number>): string[] {
  const never = /\.(onnx|safetensors)$|ort-wasm|^_headers$|^service-worker\.js$|^\.vite\/|^screenshot/;
  return [...sizes].filter(([file, bytes]) => bytes <= KEEP_UP_TO && !never.test(file)).map(([file]) => file);
}

/** ONNX Runtime's glue and binary for each of its builds, by the name the engine gives the build. */
function runtimeFiles(files: readonly string[]): Record<string, string[]> {
  const runtime = files.filter((file) => /ort-wasm.*\.(mjs|wasm)$/.test(file));
  const withName = (name: string) => runtime.filter((file) => file.includes(`.${name}`));
  const jspi = withName('jspi');
  const asyncify = withName('asyncify');
  return { jspi, asyncify, wasm: runtime.filter((file) => !jspi.includes(file) && !asyncify.includes(file)) };
}

/** `models/<id>/manifest.json?brief`: a manifest without its recorded results, so that the page need not begin with all of them. */
export function briefManifests(): Plugin {
  return {
    name: 'tokenscope:brief-manifests',
    enforce: 'pre',
    load(id) {
      const [file = '', query] = id.split('?');
      if (query !== 'brief' || !file.endsWith('manifest.json')) return undefined;
      this.addWatchFile(file);
      const { recorded: _, ...brief } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      return { code: JSON.stringify(brief), moduleType: 'json' };
    },
  };
}
