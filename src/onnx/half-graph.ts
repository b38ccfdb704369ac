import { TokenscopeError } from '../core/errors.ts';
import { floatsToHalves } from '../core/half.ts';
import { findFullNodes, precisionOf } from './half-rules.ts';
import { dataTypes, type OnnxGraph, type OnnxNode, type OnnxTensor, readModel, writeModel } from './model.ts';

const { float32: FULL, float16: HALF, int64: INT64 } = dataTypes;

/**
 * The same graph computing in half precision: float32 from the outside, and float32 again where it leaves. Attention's logits
 * and its softmax, sums, and what squashes the last output stay in float32. Weights are taken as they lie in the model's own
 * files: half-precision ones as they are, others through a Cast that ONNX Runtime does while it loads.
 * Throws `half-precision` where the graph holds what nobody has thought through, `model-corrupt` where it is no graph.
 */
export function halveGraph(bytes: Uint8Array, file: string): Uint8Array<ArrayBuffer> {
  const model = readModel(bytes, file);
  if (!model.graph) throw new TokenscopeError('model-corrupt', { file, reason: 'it holds no graph' });
  return writeModel({ ...model, graph: new Halving(model.graph, file).graph() });
}

/** Where the numbers of a float32 value of the old graph come from in the new one. */
type Origin = 'half' | 'full' | 'constant';

class Halving {
  readonly #old: OnnxGraph;
  readonly #file: string;
  /** All names of the old graph. */
  readonly #names: ReadonlySet<string>;
  /** Types of its values. */
  readonly #types = new Map<string, number | undefined>();
  readonly #origins = new Map<string, Origin>();
  readonly #fullNodes: ReadonlySet<OnnxNode>;
  /** Names in the new graph of the old graph's float32 values, in either precision, as far as they are there. */
  readonly #half = new Map<string, string>();
  readonly #full = new Set<string>();
  readonly #initializers: Map<string, OnnxTensor>;
  readonly #nodes: OnnxNode[] = [];

  constructor(graph: OnnxGraph, file: string) {
    this.#file = file;
    this.#old = hoistConstants(graph);
    this.#names = new Set(this.#old.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
    this.#fullNodes = findFullNodes(this.#old);
    this.#initializers = new Map(this.#old.initializers.map((tensor) => [tensor.name ?? '', tensor]));
    for (const { name = '', type } of this.#old.inputs) this.#enter(name, type?.tensor?.dataType, 'half');
    for (const [name, { dataType }] of this.#initializers) this.#enter(name, dataType, 'constant');
  }

  graph(): OnnxGraph {
    for (const node of this.#old.nodes) this.#rewrite(node);
    for (const { name = '' } of this.#old.outputs) this.#in('full', name);
    const used = new Set([...this.#nodes.flatMap(({ inputs }) => inputs), ...this.#old.outputs.map(({ name }) => name)]);
    return {
      ...this.#old,
      nodes: this.#nodes,
      initializers: [...this.#initializers.values()].filter(({ name }) => used.has(name ?? '')),
      // Old files list their initializers among the inputs too.
      inputs: this.#old.inputs.filter(({ name }) => !this.#initializers.has(name ?? '')),
    };
  }

  #giveUp(reason: string): never {
    throw new TokenscopeError('half-precision', { file: this.#file, reason });
  }

  /** A value that is there as it was. */
  #enter(name: string, type: number | undefined, origin: Origin): void {
    this.#types.set(name, type);
    this.#origins.set(name, origin);
    if (type === FULL) this.#full.add(name);
  }

  #rewrite(node: OnnxNode): void {
    const missing = node.inputs.find((name) => name !== '' && !this.#types.has(name));
    if (missing !== undefined) this.#giveUp(`nothing says what ${missing} is`);
    const rule = precisionOf(node);
    if (!rule) this.#giveUp(`it uses the operator ${[node.domain, node.op].filter(Boolean).join('.')}`);
    const types = this.#outputTypes(node);
    const [from = ''] = node.inputs;
    const floats = [...node.inputs.map((name) => this.#types.get(name)), ...types].includes(FULL);
    if (!floats) this.#keep(node, types);
    else if (node.op === 'Cast' && this.#types.get(from) === HALF) this.#skipCast(node, from);
    else this.#convert(node, types, this.#origin(node, rule));
  }

  /** Weights stored in half precision: whoever wants float32 gets the Cast back. */
  #skipCast({ outputs: [to = ''] }: OnnxNode, from: string): void {
    this.#types.set(to, FULL);
    this.#origins.set(to, this.#origins.get(from)!);
    this.#half.set(to, from);
  }

  /** A node that has nothing to do with float32. */
  #keep(node: OnnxNode, types: readonly (number | undefined)[]): void {
    const constant = node.inputs.every((name) => this.#origins.get(name) === 'constant');
    for (const [i, name] of node.outputs.entries()) this.#enter(name, types[i], constant ? 'constant' : 'full');
    this.#nodes.push(node);
  }

  #convert(node: OnnxNode, types: readonly (number | undefined)[], origin: Origin): void {
    const sizes = node.op === 'Shape' || node.op === 'Size';
    const inputs = node.inputs.map((name, i) => {
      // Sizes are the same in both; Resize takes its factors as float32 only.
      if (sizes && this.#half.has(name)) return this.#half.get(name)!;
      return this.#in(origin === 'half' && !(node.op === 'Resize' && i > 0) ? 'half' : 'full', name);
    });
    const outputs = node.outputs.map((name, i) => this.#leave(name, types[i], origin));
    this.#nodes.push({ ...node, inputs, outputs });
  }

  /** What a node computes in. Constant parts are float32: they are worked out while the model loads, and rounded once. */
  #origin(node: OnnxNode, rule: NonNullable<ReturnType<typeof precisionOf>>): Origin {
    const origins = node.inputs.filter((name) => this.#types.get(name) === FULL).map((name) => this.#origins.get(name)!);
    const whole = node.inputs.every((name) => name === '' || this.#origins.get(name) === 'constant');
    if (whole && node.inputs.length > 0) return 'constant';
    if (rule === 'full' || this.#fullNodes.has(node)) return 'full';
    const moving = origins.filter((origin) => origin !== 'constant');
    return rule === 'either' && moving.length > 0 && moving.every((origin) => origin === 'full') ? 'full' : 'half';
  }

  /** Gives an output its name and notes where it is from. */
  #leave(name: string, type: number | undefined, origin: Origin): string {
    this.#types.set(name, type);
    this.#origins.set(name, origin);
    if (type !== FULL) return name;
    if (origin !== 'half') {
      this.#full.add(name);
      return name;
    }
    const half = this.#rename(name);
    this.#half.set(name, half);
    return half;
  }

  #rename(name: string): string {
    let renamed = `${name}_float16`;
    while (this.#names.has(renamed)) renamed += '_';
    return renamed;
  }

  /** The name of a value in the wanted precision, which is made where it is not there yet. */
  #in(precision: 'half' | 'full', name: string): string {
    if (this.#types.get(name) !== FULL) return name;
    return precision === 'half' ? (this.#half.get(name) ?? this.#toHalf(name)) : this.#toFull(name);
  }

  #toHalf(name: string): string {
    const half = this.#rename(name);
    this.#half.set(name, half);
    const tensor = this.#initializers.get(name);
    if (tensor && tensor.dataLocation !== 1) this.#initializers.set(half, this.#halveTensor(tensor, half));
    else this.#cast(name, half, HALF);
    return half;
  }

  #toFull(name: string): string {
    if (this.#full.has(name)) return name;
    this.#full.add(name);
    this.#cast(this.#half.get(name)!, name, FULL);
    return name;
  }

  #cast(from: string, to: string, type: number): void {
    const absent = { float: undefined, string: undefined, tensor: undefined, graph: undefined };
    const attribute = { name: 'to', int: type, type: 2, floats: [], ints: [], strings: [], graphs: [], ...absent };
    this.#nodes.push({ op: 'Cast', inputs: [from], outputs: [to], name: undefined, attributes: [attribute], domain: undefined });
  }

  #halveTensor(tensor: OnnxTensor, name: string): OnnxTensor {
    const floats = floatsIn(tensor);
    const halves = floatsToHalves(floats);
    const lost = floats.find((value, i) => Number.isFinite(value) && (halves[i]! & 0x7c00) === 0x7c00);
    if (lost !== undefined) this.#giveUp(`${lost} is beyond its range`);
    // As one number it is an epsilon or a factor, and a zero instead of it is something else.
    if (floats.length === 1 && floats[0] !== 0 && (halves[0]! & 0x7fff) === 0) this.#giveUp(`${floats[0]} is below its range`);
    const raw = new Uint8Array(halves.buffer);
    return { ...tensor, name, dataType: HALF, raw, floats: [], int32s: [], int64s: [], doubles: [], external: [] };
  }

  /** Types of a node's outputs in the old graph. */
  #outputTypes({ op, inputs, outputs, attributes }: OnnxNode): (number | undefined)[] {
    const attribute = (name: string) => attributes.find((one) => one.name === name);
    const typeOf = (): number | undefined => {
      if (op === 'Shape' || op === 'Size') return INT64;
      if (op === 'Cast') return attribute('to')?.int;
      if (op === 'ConstantOfShape') return attribute('value')?.tensor?.dataType ?? FULL;
      return this.#types.get(inputs[op === 'Where' ? 1 : 0] ?? '');
    };
    return outputs.map((_, i) => (op === 'MaxPool' && i > 0 ? INT64 : typeOf()));
  }
}

/** `Constant` nodes as initializers. */
function hoistConstants(graph: OnnxGraph): OnnxGraph {
  const tensorOf = ({ op, attributes }: OnnxNode) => (op === 'Constant' ? attributes[0]?.tensor : undefined);
  const hoisted = graph.nodes.flatMap((node) => {
    const value = tensorOf(node);
    return value ? [{ ...value, name: node.outputs[0] }] : [];
  });
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => !tensorOf(node)),
    initializers: [...graph.initializers, ...hoisted],
  };
}

function floatsIn({ raw, floats }: OnnxTensor): Float32Array {
  // A copy: bytes of a file need not lie where a float32 may begin.
  return raw ? new Float32Array(raw.slice(0, raw.length - (raw.length % 4)).buffer) : Float32Array.from(floats);
}
