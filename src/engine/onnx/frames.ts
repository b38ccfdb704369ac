import { LICENCE_NOT_STATED } from '../../core/licence.ts';
import { parseManifest } from '../../core/parse-manifest.ts';
import type { FrameRule } from '../../core/proposal.ts';
import { openModelSessions } from '../open-model.ts';
import { pixelSize } from '../pixel-layout.ts';
import type { Assembled } from './assemble.ts';
import type { Built, Grid } from './build.ts';
import type { Found } from './found.ts';
import type { Bench } from './measure.ts';

/** Planes of a usual window, behind the first one. */
const WINDOW_PLANES = 4;

/**
 * How frames become planes: the decoder says it, given one plane and given two. Where it takes only one number of planes, the
 * frames and planes of the card do.
 */
export async function measureFrames(
  bench: Bench,
  assembled: Assembled,
  found: Found,
  grid: Grid,
  built: Built,
): Promise<FrameRule> {
  const declared = assembled.front.dims[assembled.front.layout.indexOf('T')];
  const frames = await decodedFrames(bench, found, grid, built);
  const [one, two] = frames;
  if (one !== undefined && two !== undefined && two > one) {
    const reduction = two - one;
    const rule = one === 1 && reduction > 1 ? 'causal' : 'grouped';
    return { rule, reduction, window: typeof declared === 'number' ? declared : windowOf(rule, reduction) };
  }
  return fromCard(found.probe.frames, grid.t, declared);
}

function windowOf(rule: FrameRule['rule'], reduction: number): number {
  return rule === 'causal' ? 1 + reduction * WINDOW_PLANES : reduction * WINDOW_PLANES;
}

function fromCard(frames: number, planes: number, declared: number | string | undefined): FrameRule {
  const window = typeof declared === 'number' ? declared : frames;
  if (frames % planes === 0) return { rule: 'grouped', reduction: frames / planes, window };
  const reduction = Math.max(1, Math.round((frames - 1) / Math.max(1, planes - 1)));
  return { rule: 'causal', reduction, window };
}

/** Frames that come from one plane and from two. */
async function decodedFrames(
  { runtime, job }: Bench,
  found: Found,
  { h, w, reduction }: Grid,
  built: Built,
): Promise<(number | undefined)[]> {
  const files = Object.entries(built.files).map(([name, { size }]) => ({ name, bytes: size }));
  const manifest = parseManifest({
    manifest: 1,
    id: 'frames',
    title: 'frames',
    medium: 'image',
    architecture: 'custom',
    quantizer: built.quantizer,
    size: { reduction, multipleOf: reduction },
    pixels: { range: found.range, outputRange: found.range },
    graphs: built.graphs,
    ...(built.codebook && { codebook: built.codebook }),
    ...(built.scores && { scores: built.scores }),
    files,
    source: { licence: LICENCE_NOT_STATED },
  });
  const contents = { manifest, file: (name: string) => built.files[name]! };
  const model = await job(() => openModelSessions(contents, runtime, { provider: 'wasm', precision: 'float32' }));
  try {
    const counts: (number | undefined)[] = [];
    for (const t of [1, 2]) {
      const decoded = await job(() => model.decodeArray(new Int32Array(t * h * w), { t, h, w }, 1).catch(() => undefined));
      counts.push(decoded && pixelSize(built.graphs.decoder.layout, decoded.dims).frames);
    }
    return counts;
  } finally {
    await job(() => model.release(), true);
  }
}
