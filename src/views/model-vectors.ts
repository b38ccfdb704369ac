import type { QuantizerSettings } from '../core/manifest.ts';
import { quantizers } from '../quantizers/index.ts';
import type { Slot } from '../state/store.ts';

/** A model's entries and latent vectors as its distance compares them. */
export interface ModelVectors {
  readonly dimension: number;
  /** The vector of an entry, D numbers; unit length where the score is the cosine. */
  entry(token: number): Float32Array;
  /** A latent vector as the quantizer sees it: scaled to unit length for the cosine, bounded for FSQ. */
  seen(latent: Float32Array): Float32Array;
}

const known = new WeakMap<object, ModelVectors>();

/** undefined while the entries are not known, or never will be (a quantizer inside the graph). */
export function vectorsOf({ manifest, codebook }: Slot): ModelVectors | undefined {
  const settings = manifest.quantizer;
  const key = settings.kind === 'vq' ? codebook : settings;
  if (!key) return undefined;
  let vectors = known.get(key);
  if (!vectors) {
    vectors = settings.kind === 'vq' ? tableVectors(settings, codebook!) : countedVectors(settings);
    if (vectors) known.set(key, vectors);
  }
  return vectors;
}

function tableVectors(settings: QuantizerSettings, codebook: Float32Array): ModelVectors {
  const dimension = settings.entryDimension ?? Math.round(codebook.length / (settings.codebookSize ?? 1));
  const unit = settings.score === 'cosine';
  return {
    dimension,
    entry(token) {
      const row = codebook.slice(token * dimension, (token + 1) * dimension);
      return unit || settings.normalizeEntries ? toUnit(row) : row;
    },
    seen: (latent) => (unit ? toUnit(latent.slice()) : latent),
  };
}

/** FSQ and LFQ: entries are arithmetic. */
function countedVectors(settings: QuantizerSettings): ModelVectors | undefined {
  const kind = quantizers[settings.kind];
  if (!kind) return undefined;
  const { entryDimension, entry, seen } = kind.open(settings);
  return { dimension: entryDimension, entry, seen };
}

function toUnit(vector: Float32Array): Float32Array {
  const scale = 1 / Math.max(Math.hypot(...vector), 1e-12);
  for (let i = 0; i < vector.length; i++) vector[i]! *= scale;
  return vector;
}
