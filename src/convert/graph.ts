import {
  type DataType,
  dataTypes,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  writeModel,
} from '../onnx/model.ts';

/** A tensor inside a graph. */
export interface Value {
  readonly name: string;
  readonly dtype: DataType;
}

/** Sizes of a tensor; a word stands for a size known only at run time. */
export type Shape = readonly (number | string)[];

/** Bytes of a file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** An initializer's bytes: here, or in a file beside the graph, whose layout must be known only when the graph is encoded. */
type TensorBytes = { readonly data: ArrayBufferView } | { readonly location: string; readonly place: () => Place };

export type Initializer = { readonly dtype: DataType; readonly shape: readonly number[] } & TensorBytes;

/** One number for all sides, or the beginnings of all axes, then their ends (for pictures top, left, bottom, right). */
export type Pad = number | readonly number[];

type AttributeValue = number | string | readonly number[] | { readonly float: number };

const OPSET = 17;
const IR_VERSION = 8;

const typedArrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
} as const;

/** Numbers as the little-endian bytes of `dtype`. */
function numberBytes(values: readonly number[], dtype: DataType): ArrayBufferView {
  if (dtype === 'int64') return BigInt64Array.from(values, BigInt);
  if (dtype === 'bool') return Uint8Array.from(values);
  if (dtype === 'float16') throw new TypeError('constants are float32; cast them');
  return typedArrays[dtype].from(values);
}

function attribute(name: string, value: AttributeValue): OnnxAttribute {
  const empty = { name, floats: [], ints: [], strings: [], graphs: [] };
  const absent = { float: undefined, int: undefined, string: undefined, tensor: undefined, graph: undefined };
  if (typeof value === 'string') return { ...empty, ...absent, string: value, type: 3 };
  if (typeof value === 'number') return { ...empty, ...absent, int: value, type: 2 };
  if ('float' in value) return { ...empty, ...absent, float: value.float, type: 1 };
  return { ...empty, ...absent, ints: value, type: 7 };
}

function valueInfo({ name, dtype }: Value, sizes: Shape | undefined): OnnxValue {
  const dims = sizes?.map((size) =>
    typeof size === 'number' ? { value: size, parameter: undefined } : { value: undefined, parameter: size },
  );
  return { name, type: { tensor: { dataType: dataTypes[dtype], shape: dims && { dims } } } };
}

function tensor(name: string, { dtype, shape, ...bytes }: Initializer): OnnxTensor {
  const empty = { dims: shape, dataType: dataTypes[dtype], name, floats: [], int32s: [], int64s: [], doubles: [] };
  if ('data' in bytes) {
    const { buffer, byteOffset, byteLength } = bytes.data;
    return { ...empty, raw: new Uint8Array(buffer, byteOffset, byteLength), external: [], dataLocation: undefined };
  }
  const { offset, length } = bytes.place();
  const external = [
    { key: 'location', value: bytes.location },
    { key: 'offset', value: String(offset) },
    { key: 'length', value: String(length) },
  ];
  return { ...empty, raw: undefined, external, dataLocation: 1 };
}

/**
 * Builds an ONNX graph (opset 17). Each operator is a method that takes values and gives a value; sizes and axes are in the
 * tensor's own order. Operators without a method are reached through `node`.
 */
export class Graph {
  readonly #name: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, Initializer>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #constants = new Map<string, Value>();
  /** Names of outputs by the names that the values have inside. */
  readonly #outside = new Map<string, string>();
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, dtype: DataType, shape: Shape): Value {
    const value = { name, dtype };
    this.#inputs.push(valueInfo(value, shape));
    return value;
  }

  /** Gives a value to the outside under a name of its own; without a shape, its rank is left to ONNX Runtime to infer. */
  output(name: string, value: Value, shape?: Shape): void {
    const made = this.#nodes.some(({ outputs }) => outputs.includes(value.name));
    const inside = made && !this.#outside.has(value.name) ? value : this.node('Identity', [value]);
    this.#outside.set(inside.name, name);
    this.#outputs.push(valueInfo({ name, dtype: value.dtype }, shape));
  }

  initializer(name: string, content: Initializer): Value {
    this.#initializers.set(name, content);
    return { name, dtype: content.dtype };
  }

  /** A small tensor inside the graph; equal constants are stored once. */
  constant(values: readonly number[], dtype: DataType = 'int64', shape: readonly number[] = [values.length]): Value {
    const key = `${dtype}:${shape.join('x')}:${values.join()}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const value = this.initializer(`constant_${this.#constants.size}`, { dtype, shape, data: numberBytes(values, dtype) });
    this.#constants.set(key, value);
    return value;
  }

  #add(op: string, inputs: readonly string[], outputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>>) {
    const list = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    this.#nodes.push({ inputs, outputs, name: outputs[0], op, attributes: list, domain: undefined });
  }

  /** Any operator with several outputs, whose types are given. An `undefined` input is one left out. */
  nodes(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, AttributeValue>>,
    dtypes: readonly DataType[],
  ): Value[] {
    const base = `${op.toLowerCase()}_${this.#count++}`;
    const outputs = dtypes.map((dtype, i) => ({ name: i === 0 ? base : `${base}_${i}`, dtype }));
    this.#add(
      op,
      inputs.map((input) => input?.name ?? ''),
      outputs.map(({ name }) => name),
      attributes,
    );
    return outputs;
  }

  /** Any operator with one output, of the first input's type unless said otherwise. */
  node(
    op: string,
    inputs: readonly [Value, ...(Value | undefined)[]],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    dtype: DataType = inputs[0].dtype,
  ): Value {
    return this.nodes(op, inputs, attributes, [dtype])[0]!;
  }

  cast(x: Value, to: DataType): Value {
    return x.dtype === to ? x : this.node('Cast', [x], { to: dataTypes[to] }, to);
  }

  add(a: Value, b: Value): Value {
    return this.node('Add', [a, b]);
  }

  sub(a: Value, b: Value): Value {
    return this.node('Sub', [a, b]);
  }

  mul(a: Value, b: Value): Value {
    return this.node('Mul', [a, b]);
  }

  div(a: Value, b: Value): Value {
    return this.node('Div', [a, b]);
  }

  relu(x: Value): Value {
    return this.node('Relu', [x]);
  }

  /** x · sigmoid(x); ONNX Runtime makes one kernel of the two nodes. */
  silu(x: Value): Value {
    return this.mul(x, this.node('Sigmoid', [x]));
  }

  softmax(x: Value, axis = -1): Value {
    return this.node('Softmax', [x], { axis });
  }

  /** N × C × (T ×) H × W with weights O × C × (kt ×) kh × kw; `kernel` is [kt, kh, kw] or [kh, kw], `stride` one number or one for each axis. */
  conv(
    x: Value,
    weight: Value,
    bias: Value | undefined,
    options: { kernel: readonly number[]; stride?: number | readonly number[]; pad?: Pad; group?: number },
  ): Value {
    const { kernel, stride = 1, pad = 0, group = 1 } = options;
    const inputs: [Value, ...Value[]] = bias ? [x, weight, bias] : [x, weight];
    return this.node('Conv', inputs, {
      kernel_shape: kernel,
      strides: typeof stride === 'number' ? kernel.map(() => stride) : stride,
      pads: typeof pad === 'number' ? [...kernel, ...kernel].map(() => pad) : pad,
      group,
    });
  }

  matMul(a: Value, b: Value): Value {
    return this.node('MatMul', [a, b]);
  }

  /** alpha · a · b + c for matrices; `transposeB` takes b as its transpose. */
  gemm(a: Value, b: Value, c?: Value, { transposeA = false, transposeB = false, alpha = 1 } = {}): Value {
    return this.node('Gemm', c ? [a, b, c] : [a, b], {
      transA: Number(transposeA),
      transB: Number(transposeB),
      alpha: { float: alpha },
    });
  }

  transpose(x: Value, order: readonly number[]): Value {
    return this.node('Transpose', [x], { perm: order });
  }

  /** 0 keeps the size at that place, -1 takes what is left. */
  reshape(x: Value, shape: readonly number[] | Value): Value {
    return this.node('Reshape', [x, 'name' in shape ? shape : this.constant(shape)]);
  }

  shape(x: Value): Value {
    return this.node('Shape', [x], {}, 'int64');
  }

  concat(values: readonly [Value, ...Value[]], axis: number): Value {
    return this.node('Concat', values, { axis });
  }

  split(x: Value, sizes: readonly number[], axis: number): Value[] {
    return this.nodes(
      'Split',
      [x, this.constant(sizes)],
      { axis },
      sizes.map(() => x.dtype),
    );
  }

  /** From `start` to before `end` along one axis. */
  slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
    return this.node('Slice', [x, ...[start, end, axis, step].map((value) => this.constant([value]))]);
  }

  /** `pads` holds all beginnings, then all ends. */
  pad(x: Value, pads: readonly number[], mode: 'constant' | 'reflect' | 'edge' = 'constant'): Value {
    return this.node('Pad', [x, this.constant(pads)], { mode });
  }

  /** Enlarges by whole factors, one for each axis, copying the nearest value. */
  resize(x: Value, factors: readonly number[]): Value {
    return this.node('Resize', [x, undefined, this.constant(factors, 'float32')], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  }

  /** N × C × H × W with each pixel `factor` times as high and wide. */
  enlarge(x: Value, factor: number): Value {
    return factor === 1 ? x : this.resize(x, [1, 1, factor, factor]);
  }

  /** DCR takes channels as (block, block, depth); CRD, which is PyTorch's PixelShuffle, as (depth, block, block). */
  depthToSpace(x: Value, blocksize: number, mode: 'DCR' | 'CRD'): Value {
    return this.node('DepthToSpace', [x], { blocksize, mode });
  }

  /** Index of the least value along an axis, which goes; the first of equal ones wins. */
  argMin(x: Value, axis = -1): Value {
    return this.node('ArgMin', [x], { axis, keepdims: 0 }, 'int64');
  }

  /** The `count` largest (or smallest) values along an axis, in order, and where they stood. */
  topK(x: Value, count: number, { axis = -1, largest = true } = {}): { values: Value; indices: Value } {
    const attributes = { axis, largest: Number(largest), sorted: 1 };
    const [values, indices] = this.nodes('TopK', [x, this.constant([count])], attributes, [x.dtype, 'int64']);
    return { values: values!, indices: indices! };
  }

  /**
   * Group norm over N × C × H × W with biased variance. Opset 17 has none, so: groups as channels of an instance norm, and
   * the affine part as a batch norm with mean 0, variance 1 and epsilon 0, which WebGPU runs as one kernel.
   * `shape` is that of `x`, for graphs that know it already.
   */
  groupNorm(
    x: Value,
    options: { scale: Value; bias: Value; channels: number; groups: number; epsilon: number; shape?: Value },
  ): Value {
    const { scale, bias, channels, groups, epsilon, shape } = options;
    const back = this.normalizeGroups(x, { groups, epsilon, ...(shape && { shape }) });
    const mean = this.constant(Array(channels).fill(0), 'float32');
    const variance = this.constant(Array(channels).fill(1), 'float32');
    return this.node('BatchNormalization', [back, scale, bias, mean, variance], { epsilon: { float: 0 } });
  }

  /** Group norm without its affine part; see `groupNorm`. */
  normalizeGroups(x: Value, { groups, epsilon, shape }: { groups: number; epsilon: number; shape?: Value }): Value {
    const one = this.constant(Array(groups).fill(1), 'float32');
    const zero = this.constant(Array(groups).fill(0), 'float32');
    const flat = this.reshape(x, [0, groups, -1]);
    const normal = this.node('InstanceNormalization', [flat, one, zero], { epsilon: { float: epsilon } });
    return this.reshape(normal, shape ?? this.shape(x));
  }

  /** The bytes of the .onnx file. Initializers in other files must have their place by now. */
  encode(): Uint8Array<ArrayBuffer> {
    const outside = (names: readonly string[]) => names.map((name) => this.#outside.get(name) ?? name);
    return writeModel({
      irVersion: IR_VERSION,
      producerName: 'tokenscope',
      graph: {
        name: this.#name,
        nodes: this.#nodes.map((node) => ({ ...node, inputs: outside(node.inputs), outputs: outside(node.outputs) })),
        initializers: [...this.#initializers].map(([name, content]) => tensor(name, content)),
        inputs: this.#inputs,
        outputs: this.#outputs,
      },
      opsets: [{ domain: '', version: OPSET }],
      metadata: [],
    });
  }
}
