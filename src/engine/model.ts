import type { Tensor } from 'onnxruntime-web';
import { frameRuleOf, framesOfPlanes, planesOfFrames, planVolume, runFrames } from '../core/clip-plan.ts';
import { TokenscopeError } from '../core/errors.ts';
import { floatsToHalves, halvesToFloats } from '../core/half.ts';
import type { GraphFacts, LatentLayout, Manifest } from '../core/manifest.ts';
import type { Picture } from '../core/picture.ts';
import type { Quantizer } from '../core/quantizer.ts';
import type { GridShape, Latents, TokenGrid } from '../core/token-grid.ts';
import { entriesAsLatents, fromLatents, latentDims, toLatents } from './latent-layout.ts';
import { type FrameSize, fromGraphPixels, pixelDims, pixelSize, toGraphPixels } from './pixel-layout.ts';
import type { Decoded, Encoded, Nearest, Precision, Provider } from './protocol.ts';
import type { Quantize } from './quantize.ts';
import type { Runtime, Session } from './runtime.ts';
import { winners } from './search.ts';

/** One opened model: its sessions and its quantizer. Every method runs inside a job of the engine's queue. */
export interface Model {
  readonly manifest: Manifest;
  readonly provider: Provider;
  readonly precision: Precision;
  /** Absent when the quantizer is inside the graphs. */
  readonly quantizer: Quantizer | undefined;
  /** Its entries; also those of a quantizer inside the graphs, where a table of them was found. */
  readonly entries: Quantizer | undefined;
  readonly codebookSize: number;
  readonly encoder: Session;
  readonly decoder: Session;
  /** One run over consecutive frames, at most a window; the last one is repeated where the rule wants more. */
  encode(frames: readonly Picture[]): Promise<Pick<Encoded, 'grid' | 'latents' | 'nearest' | 'timings'>>;
  /** The same from an array in the graph's own layout. */
  encodeArray(values: Float32Array, size: FrameSize): Promise<Pick<Encoded, 'grid' | 'latents' | 'nearest' | 'timings'>>;
  /** A volume of any length, window by window. */
  decode(grid: TokenGrid): Promise<Pick<Decoded, 'reconstruction' | 'frames' | 'timings'>>;
  decodeLatents(latents: Latents): Promise<Pick<Decoded, 'reconstruction' | 'frames' | 'timings'>>;
  /** The decoder's output as it is, for `count` grids of the same shape whose tokens follow one another. */
  decodeArray(tokens: Int32Array, shape: GridShape, count: number): Promise<{ values: Float32Array; dims: readonly number[] }>;
  release(): Promise<void>;
}

const DEFAULT_LATENT_LAYOUT: LatentLayout = 'NDHW';

export interface ModelParts {
  readonly manifest: Manifest;
  readonly provider: Provider;
  readonly precision: Precision;
  readonly quantizer: Quantizer | undefined;
  readonly entries: Quantizer | undefined;
  readonly quantize: Quantize | undefined;
  readonly runtime: Runtime;
  readonly encoder: Session;
  readonly decoder: Session;
  release(): Promise<void>;
}

export function assembleModel(parts: ModelParts): Model {
  const { manifest, provider, precision, quantizer, entries, quantize, runtime, encoder, decoder, release } = parts;
  const { encoder: encoderFacts, decoder: decoderFacts } = manifest.graphs;
  const { pixels } = manifest;
  const codebookSize = quantizer?.codebookSize ?? manifest.quantizer.codebookSize!;
  const latentLayout = decoderFacts.latentLayout ?? DEFAULT_LATENT_LAYOUT;
  const rule = frameRuleOf(manifest);

  async function encodeArray(values: Float32Array, size: FrameSize) {
    const input = floatTensor(runtime, values, pixelDims(encoderFacts.layout, size), encoderFacts);
    const start = performance.now();
    const outputs = await encoder.run({ [encoderFacts.input]: input });
    await runtime.finish(provider);
    const encodeMs = performance.now() - start;
    input.dispose();
    const output = named(outputs, encoderFacts);
    try {
      if (!quantize) return { grid: readTokens(output, manifest, size), timings: { prepareMs: 0, encodeMs, quantizeMs: 0 } };
      return await quantizeOutput(output, quantize, encodeMs);
    } finally {
      output.dispose();
    }
  }

  async function quantizeOutput(output: Tensor, quantize: Quantize, encodeMs: number) {
    const start = performance.now();
    const layout = encoderFacts.latentLayout ?? DEFAULT_LATENT_LAYOUT;
    let latents: Latents | undefined;
    const readLatents = async () => (latents ??= toLatents(await readFloats(output), layout, output.dims));
    const nearest: Nearest = await quantize(output, readLatents);
    const read = await readLatents();
    if (read.data.some(Number.isNaN)) {
      throw new TokenscopeError('model-corrupt', { file: encoderFacts.file, reason: 'its output is not a number' });
    }
    const grid: TokenGrid = { shape: read.shape, tokens: winners(nearest) };
    return { grid, latents: read, nearest, timings: { prepareMs: 0, encodeMs, quantizeMs: performance.now() - start } };
  }

  async function runDecoder(input: Tensor): Promise<{ values: Float32Array; dims: readonly number[] }> {
    try {
      const outputs = await decoder.run({ [decoderFacts.input]: input });
      const output = named(outputs, decoderFacts);
      const result = { values: await readFloats(output), dims: output.dims };
      output.dispose();
      return result;
    } finally {
      input.dispose();
    }
  }

  function tokenInput(tokens: Int32Array, { t, h, w }: GridShape, count: number): Tensor {
    const { Tensor } = runtime.ort;
    const shapes: Record<number, number[]> = { 1: [count * t * h * w], 2: [count, t * h * w], 3: [count * t, h, w] };
    const dims = shapes[decoder.inputShape.length] ?? [count, t, h, w];
    if (decoderFacts.tokenDtype === 'int32') return new Tensor('int32', tokens.slice(), dims);
    return new Tensor('int64', BigInt64Array.from(tokens, BigInt), dims);
  }

  function decodeArray(tokens: Int32Array, shape: GridShape, count: number) {
    const beyond = tokens.find((token) => token < 0 || token >= codebookSize);
    if (beyond !== undefined) throw new TokenscopeError('tokens-range', { token: beyond, size: codebookSize });
    if (!quantizer) return runDecoder(tokenInput(tokens, shape, count));
    const d = quantizer.entryDimension;
    const values = entriesAsLatents(tokens, quantizer.entry, latentLayout, d, shape);
    return runDecoder(floatTensor(runtime, values, latentDims(latentLayout, count, d, shape), decoderFacts));
  }

  /** Planes of one window → its frames. A grouped window that is not full is filled with its last plane, and cut again. */
  async function decodeWindow(tokens: Int32Array, shape: GridShape): Promise<Run> {
    const planes = rule.rule === 'grouped' ? planesOfFrames(rule, rule.window) : shape.t;
    const filled = fillPlanes(tokens, shape, planes);
    return { ...(await decodeArray(filled, { ...shape, t: planes }, 1)), count: framesOfPlanes(rule, shape.t) };
  }

  async function finished(runs: AsyncIterable<Run> | Iterable<Run>, start: number) {
    const frames: Picture[] = [];
    let finishMs = 0;
    for await (const { values, dims, count } of runs) {
      const began = performance.now();
      const size = pixelSize(decoderFacts.layout, dims);
      for (let i = 0; i < Math.min(count, size.frames); i++) {
        frames.push(fromGraphPixels(values, decoderFacts, pixels, size, i));
      }
      finishMs += performance.now() - began;
    }
    const timings = { decodeMs: performance.now() - start - finishMs, finishMs };
    return { reconstruction: frames[0]!, frames, timings };
  }

  async function* decodeWindows({ tokens, shape }: TokenGrid): AsyncGenerator<Run> {
    const area = shape.h * shape.w;
    for (const { firstPlane, planes } of planVolume(shape.t, rule).windows) {
      const own = tokens.subarray(firstPlane * area, (firstPlane + planes) * area);
      yield await decodeWindow(own, { ...shape, t: planes });
    }
  }

  return {
    manifest,
    provider,
    precision,
    quantizer,
    entries,
    codebookSize,
    encoder,
    decoder,
    encodeArray,
    async encode(frames) {
      const start = performance.now();
      const run = repeatLast(frames, runFrames(rule, frames.length), rule.window);
      const values = toGraphPixels(run, encoderFacts.layout, pixels);
      const { height, width } = frames[0]!;
      const prepareMs = performance.now() - start;
      const encoded = await encodeArray(values, { frames: run.length, height, width });
      return { ...encoded, timings: { ...encoded.timings, prepareMs } };
    },
    decode: (grid) => finished(decodeWindows(grid), performance.now()),
    async decodeLatents(latents) {
      if (!quantizer) throw new TokenscopeError('internal', { message: `the quantizer of ${manifest.id} is inside its graphs` });
      const start = performance.now();
      const dims = latentDims(latentLayout, 1, latents.d, latents.shape);
      const run = await runDecoder(floatTensor(runtime, fromLatents(latents, latentLayout), dims, decoderFacts));
      return finished([{ ...run, count: framesOfPlanes(rule, latents.shape.t) }], start);
    },
    async decodeArray(tokens, shape, count) {
      return decodeArray(tokens, shape, count);
    },
    release,
  };
}

/** What one run of the decoder gave, and how many of its frames count. */
interface Run {
  readonly values: Float32Array;
  readonly dims: readonly number[];
  readonly count: number;
}

function repeatLast(frames: readonly Picture[], count: number, most: number): readonly Picture[] {
  if (frames.length === 0 || frames.length > most) {
    throw new TokenscopeError('internal', { message: `a run takes 1 to ${most} frames, not ${frames.length}` });
  }
  return Array.from({ length: count }, (_, i) => frames[Math.min(i, frames.length - 1)]!);
}

/** A volume of `planes` planes: the last one is repeated. */
function fillPlanes(tokens: Int32Array, { t, h, w }: GridShape, planes: number): Int32Array {
  if (t >= planes) return tokens;
  const area = h * w;
  const filled = new Int32Array(planes * area);
  filled.set(tokens);
  for (let plane = t; plane < planes; plane++) filled.copyWithin(plane * area, (t - 1) * area, t * area);
  return filled;
}

function named(outputs: Record<string, Tensor>, { file, output }: GraphFacts): Tensor {
  const tensor = outputs[output];
  if (!tensor) throw new TokenscopeError('model-corrupt', { file, reason: `it has no output ${output}` });
  return tensor;
}

function floatTensor({ ort }: Runtime, values: Float32Array, dims: readonly number[], { dtype }: GraphFacts): Tensor {
  return dtype === 'float16' ? new ort.Tensor('float16', floatsToHalves(values), dims) : new ort.Tensor('float32', values, dims);
}

/** The numbers of a float tensor, wherever it is. The GPU's buffer is given back on the way. */
async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const data: unknown = tensor.location === 'cpu' ? tensor.data : await tensor.getData(true);
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return halvesToFloats(data);
  return Float32Array.from(data as ArrayLike<number>);
}

/** Tokens of a graph that holds its quantizer; flat ones are laid out by the model's reduction. */
function readTokens(tensor: Tensor, { size }: Manifest, picture: FrameSize): TokenGrid {
  const tokens = Int32Array.from(tensor.data as ArrayLike<number>, Number);
  const { dims } = tensor;
  const [h, w] = dims.length > 2 ? dims.slice(-2) : [picture.height / size.reduction, picture.width / size.reduction];
  return { shape: { t: tokens.length / (h! * w!), h: h!, w: w! }, tokens };
}
