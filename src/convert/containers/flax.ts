import { TokenscopeError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { type ElementType, elementBytes, elementCount, type StoredTensor } from '../tensors.ts';
import { damaged, type Fail } from './failure.ts';
import { type MsgpackNode, MsgpackReader } from './msgpack.ts';
import { readExactly } from './strided.ts';
import type { Contents } from './torch.ts';

/** numpy's names of element types. */
const dtypes: ReadonlyMap<string, ElementType> = new Map([
  ['float64', 'F64'],
  ['float32', 'F32'],
  ['float16', 'F16'],
  ['bfloat16', 'BF16'],
  ['float8_e4m3fn', 'F8_E4M3'],
  ['float8_e5m2', 'F8_E5M2'],
  ['int64', 'I64'],
  ['int32', 'I32'],
  ['int16', 'I16'],
  ['int8', 'I8'],
  ['uint64', 'U64'],
  ['uint32', 'U32'],
  ['uint16', 'U16'],
  ['uint8', 'U8'],
  ['bool', 'BOOL'],
]);

const ARRAY = 1;
const SCALAR = 3;
const CHUNKED = '__msgpack_chunked_array__';
/** Where training states keep parameters, averaged ones first; `optimizer.target` is that of flax.optim. */
const WRAPPERS = ['ema_params', 'params_ema', 'params', 'g_params', 'g_optimizer', 'optimizer', 'target', 'model', 'state'];
const MOST_WRAPPED = 8;
/** Bytes of an array's own header: a shape and a name. */
const MOST_HEADER = 256;

/**
 * A tree of parameters as flax.serialization writes it. Walks over the file reading names, shapes and lengths; the numbers
 * are passed over. Names are joined by `/`. Throws `checkpoint-damaged`, `-type` and `-empty`.
 */
export async function readFlax(source: ByteSource): Promise<Contents> {
  const fail = damaged(source.name);
  const reader = MsgpackReader.over(source, fail, (outer, place) => readArray(outer, place, source, fail));
  const root = await reader.read();
  if (!(root instanceof Map)) return fail('it is no map of parameters');
  const tensors = new Map<string, StoredTensor>();
  collect(unwrap(root), '', tensors, source.name, fail);
  if (tensors.size === 0) throw new TokenscopeError('checkpoint-empty', { file: source.name });
  return { tensors };
}

/** An array whose numbers are of a type that cannot be read here; it matters only where it is used. */
class RefusedArray {
  readonly type: string;

  constructor(type: string) {
    this.type = type;
  }
}

interface Place {
  readonly kind: number;
  readonly from: number;
  readonly to: number;
}

/** `[shape, type, bytes]` in an extension; other extensions hold nothing of use. */
async function readArray(outer: MsgpackReader, { kind, from, to }: Place, source: ByteSource, fail: Fail): Promise<unknown> {
  if (kind !== ARRAY && kind !== SCALAR) return kind === 2 ? new RefusedArray('complex') : undefined;
  const inner = outer.within(from, Math.min(to, from + MOST_HEADER));
  if ((await inner.arrayHeader()) !== 3) fail('an array without shape, type and numbers');
  const shape = await inner.read();
  const name = await inner.read();
  const length = await inner.binaryHeader();
  if (!isShape(shape) || typeof name !== 'string') return fail('an array without shape, type and numbers');
  if (inner.at + length !== to) fail('an array whose length is wrong');
  const dtype = dtypes.get(name);
  if (!dtype) return new RefusedArray(name);
  if (elementCount(shape) * elementBytes[dtype] !== length) fail('an array whose length is wrong');
  const span = { source, from: inner.at, to };
  return { dtype, shape, span, bytes: () => readExactly(source, span.from, span.to) } satisfies StoredTensor;
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= 16 && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isTensor(value: unknown): value is StoredTensor {
  return typeof value === 'object' && value !== null && 'dtype' in value;
}

function unwrap(root: ReadonlyMap<string, MsgpackNode>): ReadonlyMap<string, MsgpackNode> {
  let map = root;
  for (let i = 0; i < MOST_WRAPPED; i++) {
    const wrapped = WRAPPERS.map((key) => map.get(key)).find((value) => value instanceof Map && holdsTensor(value));
    if (!(wrapped instanceof Map)) break;
    map = wrapped;
  }
  return map;
}

function holdsTensor(map: ReadonlyMap<string, MsgpackNode>): boolean {
  return [...map.values()].some((value) => isTensor(value) || (value instanceof Map && holdsTensor(value)));
}

function collect(
  map: ReadonlyMap<string, MsgpackNode>,
  path: string,
  found: Map<string, StoredTensor>,
  file: string,
  fail: Fail,
): void {
  for (const [key, value] of map) {
    const name = path ? `${path}/${key}` : key;
    if (value instanceof RefusedArray) throw new TokenscopeError('checkpoint-type', { file, tensor: name, type: value.type });
    if (isTensor(value)) found.set(name, value);
    else if (value instanceof Map && value.get(CHUNKED) === true) found.set(name, joinChunks(value, fail));
    else if (value instanceof Map) collect(value, name, found, file, fail);
  }
}

/** Arrays above 1 GiB stand in pieces, in flat order. */
function joinChunks(map: ReadonlyMap<string, MsgpackNode>, fail: Fail): StoredTensor {
  const shape = listOf(map.get('shape'));
  const chunks = listOf(map.get('chunks'));
  const [head] = chunks;
  if (!isShape(shape) || !isTensor(head) || !chunks.every(isTensor)) return fail('an array whose pieces are missing');
  const { dtype } = head;
  const count = chunks.reduce((sum, chunk) => sum + elementCount(chunk.shape), 0);
  if (count !== elementCount(shape) || chunks.some((chunk) => chunk.dtype !== dtype)) fail('an array whose pieces do not fit');
  if (chunks.length === 1) return { ...head, shape };
  return { dtype, shape, bytes: async () => new Blob(await Promise.all(chunks.map((chunk) => chunk.bytes()))).arrayBuffer() };
}

/** Lists are maps from "0", "1", … */
function listOf(value: unknown): unknown[] {
  return value instanceof Map ? Array.from({ length: value.size }, (_, i) => value.get(String(i))) : [];
}
