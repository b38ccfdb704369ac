import type { Manifest, RecordedResult } from '../core/manifest.ts';
import type { CatalogModel, ModelFiles } from './protocol.ts';

/** Manifests without their recorded results (`briefManifests` in src/cli/site-plugins.ts): those of a sample come with it. */
const manifests = import.meta.glob<Manifest>('../../models/*/manifest.json', {
  eager: true,
  import: 'default',
  query: '?brief',
});
/** The recorded results of the model that opens first are on screen before anything else. */
const whole = import.meta.glob<Manifest>('../../models/vqgan-f8/manifest.json', { eager: true, import: 'default' });
const recorded = import.meta.glob<readonly RecordedResult[] | undefined>(
  ['../../models/*/manifest.json', '!../../models/vqgan-f8/manifest.json'],
  { import: 'recorded' },
);
/** Every file beside a manifest, emitted by the build under a hashed name; never inlined, for the page may not fetch `data:`. */
const addresses = import.meta.glob<string>(
  ['../../models/*/*', '!../../models/recipes/*', '!../../models/*/manifest.json', '!../../models/*/*.{md,ts}'],
  { eager: true, query: '?url&no-inline', import: 'default' },
);

/** The model that opens first, and the one whose answers can be worked out by hand. */
const FIRST = 'vqgan-f8';
const TOY = 'toy';

/** The models that come with the page, in the order in which they are offered. */
export function listModels({ toy = false } = {}): readonly CatalogModel[] {
  return Object.entries(manifests)
    .map(([path, manifest]) => openFolder(path, whole[path] ?? manifest))
    .filter(({ id }) => toy || id !== TOY)
    .sort((a, b) => Number(b.id === FIRST) - Number(a.id === FIRST) || a.id.localeCompare(b.id));
}

function openFolder(path: string, manifest: Manifest): CatalogModel {
  const folder = path.replace('manifest.json', '');
  const beside = Object.entries(addresses).filter(([path]) => path.startsWith(folder));
  const files: ModelFiles = {
    // Absolute, because the worker has another base.
    ...Object.fromEntries(beside.map(([path, url]) => [path.slice(folder.length), new URL(url, location.href).href])),
    'manifest.json': new Blob([JSON.stringify(manifest)], { type: 'application/json' }),
  };
  return { id: folder.split('/').at(-2)!, manifest, files, recorded: async () => manifest.recorded ?? recorded[path]?.() };
}
