import { frameRuleOf, planClip } from '../core/clip-plan.ts';
import { entryCount } from '../core/entry-count.ts';
import { TokenscopeError } from '../core/errors.ts';
import { DEFAULT_FRAMING, type Framing, type Size } from '../core/framing.ts';
import type { Manifest, RecordedResult } from '../core/manifest.ts';
import type { Picture } from '../core/picture.ts';
import { unpackTokens } from '../core/token-bits.ts';
import { cellCount, type GridShape, type Latents, type TokenGrid, tokenCounts } from '../core/token-grid.ts';
import type { CatalogModel, ModelFiles } from '../engine/protocol.ts';
import type { Sample } from '../media/samples.ts';
import type { ClipResult, EntryPictures, Result, Slot } from './store.ts';
import type { EntryFacts, Surroundings } from './surroundings.ts';

/** A file of a model as something to fetch. */
function address(files: ModelFiles, name: string): string {
  const file = files[name];
  if (typeof file !== 'string') throw new TokenscopeError('model-missing-file', { file: name });
  return file;
}

/** The result shipped with a model for a sample, if there is one and it was made with this framing. */
export function recordedFor(manifest: Manifest, sample: string | undefined, framing: Framing): RecordedResult | undefined {
  const found = manifest.recorded?.find((result) => result.sample === sample);
  if (!found || framing.fit !== DEFAULT_FRAMING.fit) return undefined;
  const { h, w } = gridShape(found);
  const { reduction } = manifest.size;
  return h * reduction === framing.height && w * reduction === framing.width ? found : undefined;
}

function gridShape({ grid }: RecordedResult): GridShape {
  const [w = 1, h = 1, t = 1] = grid.toReversed();
  return { t, h, w };
}

/** A whole result from the model's files: on screen before the engine has looked at the machine. */
export async function readRecorded(
  { manifest, files }: CatalogModel,
  recorded: RecordedResult,
  sample: Sample,
  input: Result['of'],
  facts: Promise<EntryFacts>,
  { loadPicture }: Surroundings,
): Promise<Result> {
  const shape = gridShape(recorded);
  const size = { height: shape.h * manifest.size.reduction, width: shape.w * manifest.size.reduction };
  const [picture, source, { codebook }] = await Promise.all([
    loadPicture(address(files, recorded.reconstruction)),
    loadPicture(sample.file, { framing: input.framing, size }),
    facts,
  ]);
  const entries = entryCount(manifest);
  const grid: TokenGrid = { shape, tokens: unpackTokens(recorded.tokens, cellCount(shape), entries) };
  return {
    recorded: true,
    of: input,
    source,
    grid,
    counts: tokenCounts(grid.tokens, entries),
    latents: codebook && quantized(grid, codebook, entries),
    nearest: undefined,
    reconstruction: { picture, of: grid },
    measures: undefined,
    timings: undefined,
  };
}

/** The same of a clip: reconstruction and tokens; the frames are those of the sample itself, and come when it is opened. */
export async function readRecordedClip(
  { manifest, files }: CatalogModel,
  recorded: RecordedResult,
  input: Result['of'],
  { loadPicture }: Surroundings,
): Promise<ClipResult> {
  const shape = gridShape(recorded);
  const { reduction } = manifest.size;
  const strip = await loadPicture(address(files, recorded.reconstruction));
  const frames = cutStrip(strip, { height: shape.h * reduction, width: shape.w * reduction }, recorded.frames ?? 1);
  const entries = entryCount(manifest);
  const tokens = unpackTokens(recorded.tokens, cellCount(shape), entries);
  const plan = planClip(frames.length, frameRuleOf(manifest));
  return {
    recorded: true,
    of: { ...input, overlap: 0, blend: 'fade' },
    plan,
    windowsDone: plan.windows.length,
    running: false,
    frames: [],
    reconstruction: frames,
    grid: { shape, tokens },
    counts: tokenCounts(tokens, entries),
    planes: [],
    measures: [],
    summary: undefined,
    timings: [],
  };
}

/** The first `count` pictures of a size from a picture that holds them row by row. */
export function cutStrip(strip: Picture, { height, width }: Size, count: number): Picture[] {
  const columns = Math.floor(strip.width / width);
  const there = Math.min(count, columns * Math.floor(strip.height / height));
  return Array.from({ length: there }, (_, i) => {
    const data = new Uint8ClampedArray(height * width * 4);
    for (let row = 0; row < height; row++) {
      const from = ((Math.floor(i / columns) * height + row) * strip.width + (i % columns) * width) * 4;
      data.set(strip.data.subarray(from, from + width * 4), row * width * 4);
    }
    return { data, height, width };
  });
}

/** The entries of the tokens, laid out as latents: what the decoder gets. */
export function quantized({ tokens, shape }: TokenGrid, codebook: Float32Array, entries: number): Latents {
  const d = codebook.length / entries;
  const cells = tokens.length;
  const data = new Float32Array(d * cells);
  for (let cell = 0; cell < cells; cell++) {
    for (let i = 0; i < d; i++) data[i * cells + cell] = codebook[tokens[cell]! * d + i]!;
  }
  return { data, d, shape };
}

/** All entry pictures from the model's one atlas file. */
export async function readAtlas({ manifest, files }: CatalogModel, { loadPicture }: Surroundings): Promise<Partial<Slot>> {
  const { atlas } = manifest;
  if (!atlas) return {};
  const picture = await loadPicture(address(files, atlas.file));
  return { entryPictures: cutAtlas(picture, atlas.cell, atlas.columns, entryCount(manifest)) };
}

/** An atlas of `columns` cells a row → pictures one after another. */
export function cutAtlas(atlas: Picture, side: number, columns: number, entries: number): EntryPictures {
  const each = side * side * 4;
  const data = new Uint8ClampedArray(entries * each);
  for (let entry = 0; entry < entries; entry++) {
    const x = (entry % columns) * side;
    const y = Math.floor(entry / columns) * side;
    for (let row = 0; row < side; row++) {
      const from = ((y + row) * atlas.width + x) * 4;
      data.set(atlas.data.subarray(from, from + side * 4), entry * each + row * side * 4);
    }
  }
  return { side, data, known: new Uint8Array(entries).fill(1) };
}
