import type { Manifest } from '../core/manifest.ts';
import { parseManifest } from '../core/parse-manifest.ts';
import type { ConvertedModel } from './architecture.ts';

/** Who a converted model is. */
export type Identity = Pick<Manifest, 'id' | 'title' | 'source'>;

/** A model's folder: the manifest, checked, and every file it lists. */
export interface ModelFolder {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Blob>;
}

/** A converted model with its identity: a whole folder, ready to be opened or written. */
export function modelFolder({ manifest, files }: Pick<ConvertedModel, 'manifest' | 'files'>, identity: Identity): ModelFolder {
  const listed = [...files].map(([name, { size }]) => ({ name, bytes: size }));
  return { manifest: parseManifest({ manifest: 1, ...identity, ...manifest, files: listed }), files };
}

/** An id made of a file's name: small letters, digits and hyphens. */
export function idFrom(name: string): string {
  const stem = name.replace(/^.*[/\\]/, '').replace(/\.(safetensors|ckpt|pth?|bin|jit|msgpack|onnx)$/i, '');
  const plain = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return plain.length > 1 ? plain : `model-${plain || 'x'}`;
}
