import type { Tensor } from 'onnxruntime-web';
import { asTokenscopeError, isAbort, TokenscopeError } from '../../core/errors.ts';
import { floatsToHalves, halvesToFloats } from '../../core/half.ts';
import type { Flow } from '../../onnx/flow.ts';
import { dataTypes, type OnnxGraph, type OnnxModel, type OnnxTensor, type OnnxValue, writeModel } from '../../onnx/model.ts';
import { makeNode, makeValue } from '../../onnx/parts.ts';
import { sliceGraph } from '../../onnx/slice.ts';
import type { Runtime } from '../runtime.ts';

/** Numbers that came out of a graph. */
export interface Measured {
  readonly dims: readonly number[];
  readonly type: Tensor.Type;
  readonly values: Float32Array | Int32Array;
}

/** What a measurement runs on. */
export interface Bench {
  readonly runtime: Runtime;
  readonly weights: ReadonlyMap<string, Blob>;
  readonly job: RunJob;
}

/** Puts a run into the engine's queue. `always`: also after an abort, to give back what was opened. `seconds`: it may take no longer. */
export type RunJob = <T>(run: () => Promise<T>, always?: boolean, seconds?: number) => Promise<T>;

/** Nothing says when a loop ends, and what has begun cannot be interrupted. */
const LOOP_SECONDS = 20;

export interface Feed {
  readonly name: string;
  readonly type: 'float32' | 'float16' | 'int64' | 'int32';
  readonly dims: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** An ONNX file of a graph, with the operator versions of the file it came from. */
export function encodeGraph(graph: OnnxGraph, { opsets, functions, irVersion }: OnnxModel): Uint8Array<ArrayBuffer> {
  const own = { irVersion: irVersion ?? 8, producerName: 'tokenscope', metadata: [] };
  return writeModel({ ...own, graph, opsets, ...(functions && { functions }) });
}

export function locationsOf({ initializers }: OnnxGraph): string[] {
  const named = initializers.flatMap(({ dataLocation, external }) =>
    dataLocation === 1 ? external.flatMap(({ key, value }) => (key === 'location' && value ? value : [])) : [],
  );
  return [...new Set(named)];
}

/** An opened graph that is only measured: always on WASM, where every operator is right. */
export class Measurement {
  readonly #bench: Bench;
  readonly #graph: OnnxGraph;
  readonly #model: OnnxModel;
  readonly #file: string;

  constructor(bench: Bench, graph: OnnxGraph, model: OnnxModel, file: string) {
    this.#bench = bench;
    this.#graph = graph;
    this.#model = model;
    this.#file = file;
  }

  /**
   * Runs the graph once for each list of feeds and gives its outputs by name; a list it refuses gives the error instead.
   * Throws `onnx-operators` where the graph cannot be opened for want of an operator.
   */
  async run(feedLists: readonly (readonly Feed[])[], enough: (result: Outcome) => boolean = () => false): Promise<Outcome[]> {
    const { runtime, weights, job } = this.#bench;
    const bytes = encodeGraph(this.#graph, this.#model);
    const external = locationsOf(this.#graph).map((path) => ({ path, data: weights.get(path)! }));
    const session = await job(() => runtime.createSession(bytes, { provider: 'wasm', file: this.#file, external })).catch(
      (error: unknown) => {
        throw operatorsMissing(error, this.#file, this.#graph) ?? error;
      },
    );
    const seconds = this.#graph.nodes.some(({ op }) => op === 'Loop' || op === 'Scan') ? LOOP_SECONDS : undefined;
    try {
      const outcomes: Outcome[] = [];
      for (const feeds of feedLists) {
        const outcome = await job(() => runOnce(runtime, session.run, feeds), false, seconds);
        outcomes.push(outcome);
        if (enough(outcome)) break;
      }
      return outcomes;
    } finally {
      await job(() => session.release(), true);
    }
  }
}

export type Outcome = { readonly values: ReadonlyMap<string, Measured> } | { readonly failed: TokenscopeError };

async function runOnce(
  { ort }: Runtime,
  run: (feeds: Record<string, Tensor>) => Promise<Record<string, Tensor>>,
  feeds: readonly Feed[],
): Promise<Outcome> {
  const tensors = Object.fromEntries(
    feeds.map(({ name, type, dims, values }) => {
      return [name, new ort.Tensor(type as 'float32', numbersOf(type, values) as Float32Array, dims)];
    }),
  );
  try {
    const outputs = await run(tensors);
    return { values: new Map(Object.entries(outputs).map(([name, tensor]) => [name, read(tensor)])) };
  } catch (error) {
    if (isAbort(error)) throw error;
    const failed = asTokenscopeError(error);
    // A graph that asks for too much at one size may run at another; a worker that is gone runs nothing.
    if (failed.code === 'worker-crashed' || failed.code === 'device-lost' || failed.code === 'engine-down') throw failed;
    return { failed };
  }
}

function numbersOf(type: Feed['type'], values: Feed['values']): ArrayBufferView {
  if (type === 'int64') return BigInt64Array.from(values, BigInt);
  return type === 'float16' ? floatsToHalves(Float32Array.from(values)) : values;
}

function read(tensor: Tensor): Measured {
  const { dims, type } = tensor;
  const data: unknown = tensor.data;
  tensor.dispose();
  if (data instanceof Float32Array) return { dims, type, values: data };
  if (type === 'float16') return { dims, type, values: halvesToFloats(new Uint16Array(data as Uint16Array)) };
  if (data instanceof Float64Array) return { dims, type, values: Float32Array.from(data) };
  return { dims, type, values: Int32Array.from(data as ArrayLike<number>, Number) };
}

/** ONNX Runtime names an operator it does not have in one of these sentences. */
function operatorsMissing(error: unknown, file: string, { nodes }: OnnxGraph): TokenscopeError | undefined {
  const reason = error instanceof TokenscopeError && 'reason' in error.parameters ? error.parameters.reason : '';
  const [, opset] = /Opset (\d+) is under development/.exec(reason) ?? [];
  if (opset !== undefined) return new TokenscopeError('onnx-opset', { file, opset });
  const [, domain] = /No opset import for domain '([^']+)'/.exec(reason) ?? [];
  if (domain !== undefined) {
    const operators = nodes.flatMap((node) => (node.domain === domain ? `${domain}:${node.op}` : []));
    return new TokenscopeError('onnx-operators', { file, operators: [...new Set(operators)].join(', ') });
  }
  const found =
    /([\w.]*:?\w+)\(-?\d+\) is not a registered function/.exec(reason) ??
    /No Op registered for (\w+)/.exec(reason) ??
    /Could not find an implementation for (\w+)/.exec(reason);
  return found?.[1] === undefined ? undefined : new TokenscopeError('onnx-operators', { file, operators: found[1] });
}

/** The values of constants of a graph, by name. */
export async function evaluateConstants(
  bench: Bench,
  flow: Flow,
  names: readonly string[],
  model: OnnxModel,
  file: string,
): Promise<ReadonlyMap<string, Measured>> {
  if (names.length === 0) return new Map();
  const outputs = names.map((_, i) => makeValue(`tokenscope_constant_${i}`, undefined));
  const copies = names.map((name, i) => makeNode('Identity', [name], `tokenscope_constant_${i}`));
  const { graph } = sliceGraph(
    {
      ...flow,
      graph: { ...flow.graph, nodes: [...flow.graph.nodes, ...copies] },
      makers: new Map([...flow.makers, ...copies.map((node) => [node.outputs[0]!, node] as const)]),
    },
    [],
    outputs,
  );
  const [outcome] = await new Measurement(bench, graph, model, file).run([[]]);
  if (!outcome || 'failed' in outcome) return new Map();
  return new Map(names.map((name, i) => [name, outcome.values.get(`tokenscope_constant_${i}`)!]));
}

/** Sizes that were measured, as constants for a graph that is cut off from where they came from. */
export function freezeSizes(names: readonly string[], values: ReadonlyMap<string, Measured>): OnnxTensor[] {
  const empty = { floats: [], int32s: [], int64s: [], doubles: [], external: [], dataLocation: undefined };
  return names.map((name) => {
    const { dims, type, values: numbers } = values.get(name)!;
    const whole = type === 'int64' || type === 'int32' || type === 'bool';
    const data =
      type === 'int64'
        ? BigInt64Array.from(numbers, BigInt)
        : type === 'bool'
          ? Uint8Array.from(numbers)
          : whole
            ? Int32Array.from(numbers)
            : Float32Array.from(numbers);
    const dataType =
      type === 'bool'
        ? dataTypes.bool
        : type === 'int64'
          ? dataTypes.int64
          : type === 'int32'
            ? dataTypes.int32
            : dataTypes.float32;
    return { ...empty, name, dims, dataType, raw: new Uint8Array(data.buffer) };
  });
}

/** Outputs whose type ONNX Runtime works out by itself. */
export function openOutputs(names: readonly string[]): OnnxValue[] {
  return names.map((name) => makeValue(name, undefined));
}
