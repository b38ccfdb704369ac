import { parseArgs } from 'node:util';
import { frameRuleOf, planClip } from '../../core/clip-plan.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { NpyArray } from '../../core/npy.ts';
import type { Model } from '../../engine/model.ts';
import { adaptPixels, type FrameSize } from '../../engine/pixel-layout.ts';
import { readArray, writeArray } from './arrays.ts';
import { encodeInPage } from './encode-in-page.ts';
import { type Encoding, inOnePass, joinPlanes } from './encoding.ts';
import { withModel } from './node-model.ts';

/** `encode <model folder> <picture | clip | input.npy> --out <folder> [--size 256x256]` */
export async function encode(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { out: { type: 'string' }, size: { type: 'string' } },
  });
  const [folder, input, ...rest] = positionals;
  if (!folder || !input || rest.length > 0) throw new Error('Name a model folder and one picture, clip or .npy file.');
  if (!values.out) throw new Error('Say where the arrays go: --out <folder>.');
  const { grid, latents, windows } = /\.npy$/i.test(input)
    ? { windows: 1, ...(await withModel(folder, (model) => encodeArray(model, readArray(input), input))) }
    : await encodeInPage(folder, input, values.size);
  const { t, h, w } = grid.shape;
  if (latents) writeArray(values.out, 'latents', latents.data, [latents.d, t, h, w]);
  writeArray(values.out, 'tokens', grid.tokens, [t, h, w]);
  const made = windows > 1 ? `, in ${windows} windows (decode them with --windows)` : '';
  process.stdout.write(`${values.out}: ${t} × ${h} × ${w} tokens${latents ? `, latents of ${latents.d} numbers` : ''}${made}\n`);
  return 0;
}

/**
 * N × C × (T ×) H × W in the model's own range, taken as it is; one channel stands for all three. Pictures (N may be more than 1)
 * are planes one after another. A published network takes a clip in one pass, as its authors' code does; ours in windows.
 */
async function encodeArray(model: Model, array: NpyArray, file: string): Promise<Encoding> {
  const size = frameSize(array.shape, model.manifest, file);
  const given = inColour(Float32Array.from(array.data), array.shape);
  const values = model.manifest.medium === 'video' ? given : channelsFirst(given, size);
  const rule = frameRuleOf(model.manifest);
  const area = size.height * size.width;
  const { layout } = model.manifest.graphs.encoder;
  const parts: Encoding[] = [];
  const { windows } = planClip(size.frames, inOnePass(model.manifest) ? { ...rule, window: size.frames } : rule);
  for (const window of windows) {
    // Only a piece of a longer clip is filled up: an array of one window is taken as it is.
    const frames = windows.length === 1 ? window.frames : window.frames + window.padded;
    const piece = takeFrames(values, size.frames, area, window.firstFrame, frames);
    const part = { ...size, frames };
    const { grid, latents } = await model.encodeArray(adaptPixels(piece, layout, part), part);
    parts.push({ grid, latents });
  }
  return joinPlanes(parts);
}

/** The array's frames and sides, after every rule that the model has for them. */
function frameSize(shape: readonly number[], { medium, size, title }: Manifest, file: string): FrameSize {
  const said = shape.join(' × ');
  const video = medium === 'video';
  if (shape.length !== (video ? 5 : 4)) {
    throw new Error(`${file} is ${said}; ${title} takes ${video ? 'N × C × T × H × W' : 'N × C × H × W'}.`);
  }
  const [count = 0, channels] = shape;
  const [width = 1, height = 1, frames = 1] = shape.toReversed();
  if (count < 1 || (video && count !== 1)) throw new Error(`${file} holds ${count} clips; one at a time is encoded.`);
  if (channels !== 3 && channels !== 1) throw new Error(`${file} has ${channels} channels, not 3 (or 1, for grey).`);
  const [fixedHeight, fixedWidth] = (size.fixed && size.preferred) || [height, width];
  if (height !== fixedHeight || width !== fixedWidth)
    throw new Error(`${file} is ${height} × ${width} pixels; ${title} takes ${fixedHeight} × ${fixedWidth} only.`);
  const step = size.multipleOf;
  if (height % step || width % step)
    throw new Error(`${file} is ${height} × ${width} pixels; ${title} takes multiples of ${step}.`);
  return { frames: video ? frames : count, height, width };
}

/** Grey in all three channels; models of one channel take the grey of what they are given. */
function inColour(values: Float32Array, [, channels, ...sides]: readonly number[]): Float32Array {
  if (channels !== 1) return values;
  const size = sides.reduce((product, side) => product * side, 1);
  const out = new Float32Array(3 * values.length);
  for (let i = 0; i < 3 * values.length; i += size) {
    const from = Math.floor(i / (3 * size)) * size;
    out.set(values.subarray(from, from + size), i);
  }
  return out;
}

/** N × C × H × W as C × N × H × W. */
function channelsFirst(values: Float32Array, { frames, height, width }: FrameSize): Float32Array {
  const area = height * width;
  const out = new Float32Array(values.length);
  for (let n = 0; n < frames; n++) {
    for (let c = 0; c < 3; c++) {
      const from = (3 * n + c) * area;
      out.set(values.subarray(from, from + area), (c * frames + n) * area);
    }
  }
  return out;
}

/** Frames of planar C × T × H × W values; beyond the end the last one is repeated. */
function takeFrames(values: Float32Array, total: number, area: number, first: number, count: number): Float32Array {
  if (first === 0 && count === total) return values;
  const out = new Float32Array(3 * count * area);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < count; i++) {
      const from = (c * total + Math.min(total - 1, first + i)) * area;
      out.set(values.subarray(from, from + area), (c * count + i) * area);
    }
  }
  return out;
}
