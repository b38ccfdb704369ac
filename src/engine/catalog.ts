import type { Manifest } from '../core/manifest.ts';
import type { CatalogModel, ModelFiles } from './protocol.ts';

const manifests = import.meta.glob<Manifest>('../../models/*/manifest.json', { eager: true, import: 'default' });
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
    .map(([path, manifest]) => openFolder(path.replace('manifest.json', ''), manifest))
    .filter(({ id }) => toy || id !== TOY)
    .sort((a, b) => Number(b.id === FIRST) - Number(a.id === FIRST) || a.id.localeCompare(b.id));
}

function openFolder(folder: string, manifest: Manifest): CatalogModel {
  const beside = Object.entries(addresses).filter(([path]) => path.startsWith(folder));
  const files: ModelFiles = {
    // Absolute, because the worker has another base.
    ...Object.fromEntries(beside.map(([path, url]) => [path.slice(folder.length), new URL(url, location.href).href])),
    'manifest.json': new Blob([JSON.stringify(manifest)], { type: 'application/json' }),
  };
  return { id: folder.split('/').at(-2)!, manifest, files };
}
