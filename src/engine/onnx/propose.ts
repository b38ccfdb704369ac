import { readSafetensors } from '../../convert/containers/safetensors.ts';
import { readValues } from '../../convert/tensors.ts';
import { TokenscopeError } from '../../core/errors.ts';
import { LICENCE_NOT_STATED } from '../../core/licence.ts';
import type { Manifest } from '../../core/manifest.ts';
import { modelIdFrom } from '../../core/model-id.ts';
import { readNpy } from '../../core/npy.ts';
import { isOnnxWeights } from '../../core/onnx-weights.ts';
import { parseManifest } from '../../core/parse-manifest.ts';
import type { Corrections, DroppedGraph, Proposal, ProposalProgress } from '../../core/proposal.ts';
import { type InspectedGraph, inspectGraph, type TensorFacts } from '../../onnx/inspect.ts';
import { dataTypes } from '../../onnx/model.ts';
import { openModelSessions } from '../open-model.ts';
import type { DeviceFacts } from '../protocol.ts';
import { type Assembled, assemble, assembleRows } from './assemble.ts';
import { type Built, buildFiles, ENCODER, type Grid } from './build.ts';
import { type Agreement, claimsOf } from './claims.ts';
import { type Dropped, type DroppedFiles, readDropped } from './dropped.ts';
import { findQuantizer } from './find.ts';
import { findArithmetic } from './find-arithmetic.ts';
import type { FindOptions, Found } from './found.ts';
import { measureFrames } from './frames.ts';
import { type Table, tableFrom } from './match.ts';
import type { Bench, RunJob } from './measure.ts';
import { findCosts } from './preflight.ts';
import { assignRoles, type RoledGraph } from './roles.ts';
import { cardFeed } from './sizes.ts';
import { findStep } from './step.ts';

export interface ProposeOptions {
  readonly corrections: Corrections;
  readonly runtime: Bench['runtime'];
  readonly facts: DeviceFacts;
  readonly job: RunJob;
  onProgress(progress: ProposalProgress): void;
}

/**
 * Everything that can be found out about dropped ONNX files, by reading them and by running them on a card, and a model folder
 * made of them. Throws `onnx-*` where there is no way.
 */
export async function proposeModel(files: DroppedFiles, options: ProposeOptions): Promise<Proposal> {
  const { corrections, onProgress, facts } = options;
  onProgress({ stage: 'reading' });
  const dropped = await readDropped(files);
  if (dropped.graphs.length === 0) {
    const file = Object.keys(files).join(', ');
    throw new TokenscopeError(Object.keys(files).every(isOnnxWeights) ? 'onnx-only-weights' : 'onnx-not', { file });
  }
  const graphs = assignRoles(dropped.graphs, corrections.roles);
  const bench: Bench = { runtime: options.runtime, weights: dropped.weights, job: options.job };
  const asGiven = assemble(graphs, corrections);
  onProgress({ stage: 'measuring' });
  const given = await readTables(dropped);
  const { assembled, first } = await findTokens(graphs, asGiven, { bench, corrections, given });
  onProgress({ stage: 'cutting' });
  const { found, made, agreement } = await makeModel(assembled, first, {
    bench,
    corrections,
    given,
    dropped,
    onProgress,
    graphs,
  });
  const { findings, provider } = findCosts(await madeGraphs(made), facts);
  return {
    key: dropped.key,
    manifest: made.manifest,
    files: made.files,
    graphs: graphs.map(describeGraph),
    claims: claimsOf({
      graphs,
      assembled,
      found,
      manifest: made.manifest,
      agreement,
      built: made.built,
      declared: made.declared,
      corrections,
    }),
    findings,
    provider,
    tables: found.tables.map(({ name, rows, columns }) => ({ name, rows, columns })),
    inputLayout: assembled.front.end.layout,
    outputLayout: assembled.back.end.layout,
  };
}

const MISFITS: ReadonlySet<string> = new Set(['onnx-unlinked', 'onnx-no-tokens', 'onnx-no-decoding']);

/** Where tokens are chosen. Parts that do not fit as they are may have one-hot rows between them. */
async function findTokens(graphs: readonly RoledGraph[], assembled: Assembled, options: FindOptions) {
  const find = async (parts: Assembled) => ({
    assembled: parts,
    first: (await findArithmetic(parts, options)) ?? (await findQuantizer(parts, options)),
  });
  try {
    return await find(assembled);
  } catch (error) {
    const rows =
      error instanceof TokenscopeError && MISFITS.has(error.code) ? assembleRows(graphs, options.corrections) : undefined;
    if (!rows) throw error;
    return find(rows);
  }
}

/** The graphs that will run: what was cut away with the quantizer costs nothing. */
async function madeGraphs({ files, manifest }: Made): Promise<InspectedGraph[]> {
  const names = [manifest.graphs.encoder.file, manifest.graphs.decoder.file];
  return Promise.all(names.map(async (name) => inspectGraph(new Uint8Array(await files[name]!.arrayBuffer()), name)));
}

interface Making {
  readonly bench: Bench;
  readonly corrections: Corrections;
  readonly given: readonly Table[];
  readonly dropped: Dropped;
  readonly graphs: readonly RoledGraph[];
  onProgress(progress: ProposalProgress): void;
}

/** Share of tokens that may differ between what was dropped and what was made of it. */
const MOST_DIFFERENT = 0.03;
const MOST_DIFFERENCE = 0.02;

/** The model by the best cut; where it does not give what the files themselves give, the quantizer stays inside. */
async function makeModel(assembled: Assembled, found: Found, making: Making) {
  const made = await makeFrom(assembled, found, making);
  making.onProgress({ stage: 'checking' });
  const check = async (one: Made, of: Found) => {
    return compare(one, of, making.bench).catch((error: unknown) => {
      throw inDroppedFile(error, assembled);
    });
  };
  const agreement = await check(made, found);
  const good = agreement.different <= agreement.cells * MOST_DIFFERENT && agreement.difference <= MOST_DIFFERENCE;
  if (good || found.cut.kind === 'inside' || !found.tokens) return { found, made, agreement };
  const { bench, given, corrections } = making;
  const inside = await findQuantizer(assembled, { bench, given, corrections: { ...corrections, table: 'none' } });
  const again = await makeFrom(assembled, inside, making);
  return { found: inside, made: again, agreement: await check(again, inside) };
}

/** A fault of a graph that was cut out, told of the file it was cut out of. */
function inDroppedFile(error: unknown, { front, back }: Assembled): unknown {
  if (!(error instanceof TokenscopeError && error.code === 'model-corrupt')) return error;
  const { file, reason } = error.parameters as { readonly file: string; readonly reason: string };
  return new TokenscopeError('model-corrupt', { file: file === ENCODER ? front.file : back.file, reason }, { cause: error });
}

interface Made {
  readonly manifest: Manifest;
  readonly files: Readonly<Record<string, Blob>>;
  readonly built: Built;
  /** The file itself says that it takes one size only. */
  readonly declared: boolean;
}

async function makeFrom(assembled: Assembled, found: Found, { bench, dropped, corrections, onProgress }: Making): Promise<Made> {
  const grid = gridOf(assembled, found);
  const built = buildFiles(assembled, found, grid, dropped.weights);
  const { front } = assembled;
  const fixed =
    built.frozen ||
    typeof front.dims[front.layout.indexOf('H')] === 'number' ||
    typeof front.dims[front.layout.indexOf('W')] === 'number';
  const step = fixed ? undefined : await findStep(bench, found.probe.frames, grid.reduction, built);
  const video = front.layout.includes('T');
  if (video) onProgress({ stage: 'frames' });
  const measured = () => measureFrames(bench, assembled, found, grid, built);
  const frames = video ? (corrections.frames ?? (await measured())) : undefined;
  const { height, width } = found.probe;
  const usual = Math.max(1, Math.round(256 / (step ?? 1))) * (step ?? 1);
  const side = Math.min(usual, video ? 128 : 256);
  const title = titleOf(dropped);
  const manifest = {
    manifest: 1,
    id: modelIdFrom(title, `onnx-${dropped.key.slice(0, 8)}`),
    title,
    medium: video ? 'video' : 'image',
    architecture: 'custom',
    quantizer: built.quantizer,
    size: {
      reduction: grid.reduction,
      multipleOf: step ?? grid.reduction,
      ...(step === undefined
        ? { fixed: true, preferred: [height, width] }
        : { minimum: step ?? grid.reduction, preferred: [side, side] }),
      ...(frames && { frames }),
    },
    pixels: { range: found.range, outputRange: found.range, channels: 'rgb' },
    graphs: built.graphs,
    ...(built.codebook && { codebook: built.codebook }),
    ...(built.scores && { scores: built.scores }),
    files: Object.entries(built.files).map(([name, { size }]) => ({ name, bytes: size })),
    source: { licence: LICENCE_NOT_STATED },
  };
  return { manifest: parseManifest(manifest), files: built.files, built, declared: fixed };
}

/** Cells of the card and pixels on a side of each. Throws where they are not square. */
function gridOf({ front, back }: Assembled, { cut, probe, tokens, reconstruction }: Found): Grid {
  const { height, width } = probe;
  const shape = cut.kind === 'outside' ? shapeOf(cut.latents.layout, cut.latents.measured.dims) : undefined;
  const dims = tokens?.dims ?? [];
  const count = tokens?.values.length ?? 0;
  const listed = dims.length > 2 && dims.at(-1) !== 1 ? { h: dims.at(-2)!, w: dims.at(-1)! } : undefined;
  const side = Math.sqrt((height * width) / count);
  const { h, w } = shape ?? listed ?? { h: Math.round(height / side), w: Math.round(width / side) };
  const t = Math.max(
    1,
    Math.round((cut.kind === 'outside' ? cut.latents.measured.values.length / cut.dimension : count) / (h * w)),
  );
  const [down, across] = [height / h, width / w];
  if (down !== across || !Number.isInteger(down)) {
    throw new TokenscopeError('onnx-unlinked', { from: front.file, to: back.file, reason: `${height} × ${width} → ${h} × ${w}` });
  }
  const planar = /^N?C/.test(back.layout);
  const [outHeight, outWidth] = planar ? reconstruction.dims.slice(-2) : reconstruction.dims.slice(-3, -1);
  if (outHeight !== height || outWidth !== width) {
    const reason = `${height} × ${width} → ${outHeight} × ${outWidth}`;
    throw new TokenscopeError('onnx-unlinked', { from: front.file, to: back.file, reason });
  }
  return { t, h, w, reduction: down };
}

function shapeOf(layout: string, dims: readonly number[]): { h: number; w: number } | undefined {
  return layout.includes('H') ? { h: dims[layout.indexOf('H')]!, w: dims[layout.indexOf('W')]! } : undefined;
}

/** Opens what was made, as a visitor will, and compares it with what the dropped graphs gave. */
async function compare(
  { manifest, files }: Made,
  { probe, range, tokens, reconstruction, decoded }: Found,
  { runtime, job }: Bench,
): Promise<Agreement> {
  const contents = { manifest, file: (name: string) => files[name]! };
  const model = await job(() => openModelSessions(contents, runtime, { provider: 'wasm', precision: 'float32' }));
  try {
    const { layout } = manifest.graphs.encoder;
    const feed = cardFeed('', layout, probe, range);
    const { grid } = await job(() => model.encodeArray(feed.values as Float32Array, probe));
    const expected = tokens ? Int32Array.from(tokens.values) : grid.tokens;
    const different =
      expected.length === grid.tokens.length ? grid.tokens.filter((token, i) => token !== expected[i]).length : expected.length;
    const { values } = await job(() => model.decodeArray(decoded, grid.shape, 1));
    return { cells: expected.length, different, difference: largestShare(values, reconstruction.values) };
  } finally {
    await job(() => model.release(), true);
  }
}

function largestShare(values: Float32Array, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [worst, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [i, value] of values.entries()) {
    worst = Math.max(worst, Math.abs(value - expected[i]!));
    least = Math.min(least, expected[i]!);
    most = Math.max(most, expected[i]!);
  }
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst / Math.max(most - least, 1e-9);
}

/** Codebooks that lay beside the graphs: two axes of decimal numbers. What is something else is passed over. */
async function readTables({ tables, weights }: Dropped): Promise<Table[]> {
  const found: Table[] = [];
  for (const { file, content } of tables) {
    if ([...weights.values()].includes(content) || content.size > 2 ** 29) continue;
    if (/\.npy$/i.test(file)) {
      const { shape, data } = readNpy(new Uint8Array(await content.arrayBuffer()), file);
      found.push(...tableFrom(file, { dims: shape, type: 'float32', values: Float32Array.from(data) }, undefined));
      continue;
    }
    for (const [name, tensor] of await readSafetensors(content, file)) {
      const values = tensor.shape.length === 2 && tensor.dtype !== 'BOOL' ? await readValues(tensor) : undefined;
      if (values instanceof Float32Array)
        found.push(...tableFrom(`${file}: ${name}`, { dims: tensor.shape, type: 'float32', values }, undefined));
    }
  }
  return found;
}

/** The folder the files lay in, or the name of the first graph without what says its part. */
function titleOf({ graphs }: Dropped): string {
  const [first] = graphs;
  const parts = first!.file.split('/');
  const bare = parts
    .at(-1)!
    .replace(/\.onnx$/i, '')
    .replace(/(?:^|[_.-])(?:encoder|decoder|quantizer|model|vae|enc|dec)(?=$|[_.-])/gi, '')
    .replace(/^[_.-]+/, '');
  const folder = parts
    .slice(0, -1)
    .reverse()
    .find((name) => !/^(onnx|encoder|decoder|model|models|vae_(en|de)coder)$/i.test(name));
  return bare || folder || 'ONNX';
}

function describeGraph({ file, role, inputs, outputs, operators, parameters, producer, opset }: RoledGraph): DroppedGraph {
  const count = operators.reduce((sum, one) => sum + one.count, 0);
  return {
    file,
    role,
    inputs: inputs.map(describeTensor),
    outputs: outputs.map(describeTensor),
    operators: count,
    parameters,
    producer,
    opset,
  };
}

const typeNames = new Map<number, string>(Object.entries(dataTypes).map(([name, number]) => [number, name]));

function describeTensor({ name, type, dims }: TensorFacts): string {
  return [name, typeNames.get(type ?? 0) ?? '?', dims?.join(' × ') ?? ''].filter(Boolean).join('  ');
}
