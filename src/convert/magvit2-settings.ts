import { type Magvit2Settings, magvit2Names } from './magvit2-drawing.ts';
import { countParts, sizeOf } from './tensor-sizes.ts';
import type { StoredTensors } from './tensors.ts';
import { likelyGroups, readVqgan } from './vqgan-shape.ts';

/** A tensor that only Open-MAGVIT2's networks have. */
export const MAGVIT2_ANCHOR = 'decoder.adaptive.0.gamma.weight';

/** Widths and depths of a network whose convolutions have `axes` axes, or undefined when it is another one. */
export function readMagvit2(tensors: StoredTensors, axes: 2 | 3): Magvit2Settings | undefined {
  const named = axes === 3 ? withoutWrapper(tensors) : tensors;
  if (!tensors.has(MAGVIT2_ANCHOR) || named.get('encoder.conv_in.weight')?.shape.length !== 2 + axes) return undefined;
  const middle = Math.max(...['encoder', 'decoder'].map((half) => countParts(named, `${half}.mid_block`)));
  const shape = readVqgan(named, magvit2Names(middle));
  const settings = { ...shape, groups: likelyGroups(shape), bits: sizeOf(named, 'encoder.conv_out.weight') };
  return axes === 3 ? { ...settings, halvesTime: readTime(named, shape.encoder.levels.length) } : settings;
}

/** Causal convolutions are stored one level below their names. */
function withoutWrapper(tensors: StoredTensors): StoredTensors {
  return new Map([...tensors].map(([name, tensor]) => [name.replace('.conv_1.', '.'), tensor]));
}

/** A decoder's step that doubles time makes eight cells of one, otherwise four; the encoder's step is its mirror. */
function readTime(tensors: StoredTensors, levels: number): boolean[] {
  return Array.from({ length: levels - 1 }, (_, i) => {
    const name = `decoder.up.${i + 1}.upsample.conv1.weight`;
    return sizeOf(tensors, name) === 8 * sizeOf(tensors, name, 1);
  });
}
