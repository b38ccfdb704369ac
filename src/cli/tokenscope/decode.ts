import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { frameRuleOf, framesOfPlanes, planesOfFrames, planVolume } from '../../core/clip-plan.ts';
import type { Picture } from '../../core/picture.ts';
import { readTokenFile } from '../../core/token-file.ts';
import { cellCount, type TokenGrid } from '../../core/token-grid.ts';
import type { Model } from '../../engine/model.ts';
import { fromGraphPixels, pixelSize, planarPixels } from '../../engine/pixel-layout.ts';
import { readBytes, writeArray, writeFile } from './arrays.ts';
import { inOnePass } from './encoding.ts';
import { withModel } from './node-model.ts';
import { writePng } from './png.ts';

/** A window's frames: planar C × T × H × W as the decoder gave them, and as pictures. */
interface Decoding {
  readonly planar: Float32Array;
  readonly pictures: readonly Picture[];
}

/** `decode <model folder> <tokens.npy> --out <folder> [--windows]`: the last for tokens that were made window by window, as the page does. */
export async function decode(argv: string[]): Promise<number> {
  const { values: options, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { out: { type: 'string' }, windows: { type: 'boolean', default: false } },
  });
  const [folder, file, ...rest] = positionals;
  if (!folder || !file || rest.length > 0) throw new Error('Name a model folder and one .npy file of tokens.');
  const { out } = options;
  if (!out) throw new Error('Say where the reconstruction goes: --out <folder>.');
  const { grid } = readTokenFile(readBytes(file), basename(file));
  const { windows, video } = await withModel(folder, async (model) => {
    const decoded = await decodeVolume(model, grid, inOnePass(model.manifest) && !options.windows);
    return { windows: decoded, video: model.manifest.medium === 'video' };
  });
  const pictures = windows.flatMap((window) => window.pictures);
  const [{ height, width }] = pictures as [Picture];
  // Pictures stand one after another, frames of a clip inside each channel.
  const values = video ? joinFrames(windows, height * width) : joinPictures(windows);
  const count = pictures.length;
  writeArray(out, 'reconstruction', values, video ? [1, 3, count, height, width] : [count, 3, height, width]);
  for (const [i, picture] of pictures.entries()) {
    const name = pictures.length === 1 ? 'reconstruction.png' : `reconstruction-${String(i).padStart(4, '0')}.png`;
    writeFile(out, name, writePng(picture));
  }
  const frames = pictures.length === 1 ? '' : `${pictures.length} frames of `;
  process.stdout.write(`${out}: ${frames}${height} × ${width} pixels\n`);
  return 0;
}

/** Window by window; a volume of one window is taken as it is, and all of it when it goes in one pass. */
async function decodeVolume(model: Model, { tokens, shape }: TokenGrid, onePass: boolean): Promise<Decoding[]> {
  const own = frameRuleOf(model.manifest);
  const rule = onePass ? { ...own, window: framesOfPlanes(own, shape.t) } : own;
  const area = shape.h * shape.w;
  const whole = planesOfFrames(rule, rule.window);
  const decoded: Decoding[] = [];
  for (const { firstPlane, planes } of planVolume(shape.t, rule).windows) {
    const filled = rule.rule === 'grouped' && shape.t > whole ? whole : planes;
    const filledShape = { ...shape, t: filled };
    const part = new Int32Array(cellCount(filledShape));
    for (let i = 0; i < filled; i++) {
      const plane = firstPlane + Math.min(i, planes - 1);
      part.set(tokens.subarray(plane * area, (plane + 1) * area), i * area);
    }
    decoded.push(await decodeWindow(model, part, filledShape, framesOfPlanes(rule, planes)));
  }
  return decoded;
}

async function decodeWindow(model: Model, tokens: Int32Array, shape: TokenGrid['shape'], frames: number): Promise<Decoding> {
  const { graphs, pixels } = model.manifest;
  const { values, dims } = await model.decodeArray(tokens, shape, 1);
  const size = pixelSize(graphs.decoder.layout, dims);
  const all = planarPixels(values, graphs.decoder.layout, size);
  const count = Math.min(frames, size.frames);
  const pictures = Array.from({ length: count }, (_, i) => fromGraphPixels(values, graphs.decoder, pixels, size, i));
  return { planar: cutFrames(all, size.frames, count, size.height * size.width), pictures };
}

function cutFrames(planar: Float32Array, total: number, count: number, area: number): Float32Array {
  if (count === total) return planar;
  const out = new Float32Array(3 * count * area);
  for (let c = 0; c < 3; c++) out.set(planar.subarray(c * total * area, (c * total + count) * area), c * count * area);
  return out;
}

function joinPictures(windows: readonly Decoding[]): Float32Array {
  const [first] = windows as [Decoding];
  const out = new Float32Array(windows.length * first.planar.length);
  for (const [i, { planar }] of windows.entries()) out.set(planar, i * planar.length);
  return out;
}

function joinFrames(windows: readonly Decoding[], area: number): Float32Array {
  if (windows.length === 1) return windows[0]!.planar;
  const total = windows.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const out = new Float32Array(3 * total * area);
  let at = 0;
  for (const { planar, pictures } of windows) {
    const own = pictures.length * area;
    for (let c = 0; c < 3; c++) out.set(planar.subarray(c * own, (c + 1) * own), c * total * area + at);
    at += own;
  }
  return out;
}
