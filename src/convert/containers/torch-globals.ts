import { type ElementType, elementBytes, elementCount } from '../tensors.ts';
import type { Fail } from './failure.ts';
import { PickledGlobal, PickledObject, type PickledStorage, PickledTensor, RefusedTensor } from './pickled.ts';

interface StorageType {
  readonly dtype?: ElementType;
  readonly size: number;
  readonly refused?: string;
}

const plain = (dtype: ElementType): StorageType => ({ dtype, size: elementBytes[dtype] });

const storageTypes: ReadonlyMap<string, StorageType> = new Map<string, StorageType>([
  ['FloatStorage', plain('F32')],
  ['DoubleStorage', plain('F64')],
  ['HalfStorage', plain('F16')],
  ['BFloat16Storage', plain('BF16')],
  ['LongStorage', plain('I64')],
  ['IntStorage', plain('I32')],
  ['ShortStorage', plain('I16')],
  ['CharStorage', plain('I8')],
  ['ByteStorage', plain('U8')],
  ['BoolStorage', plain('BOOL')],
  ['UntypedStorage', { size: 1 }],
  ['QInt8Storage', { size: 1, refused: 'qint8 (quantised)' }],
  ['QUInt8Storage', { size: 1, refused: 'quint8 (quantised)' }],
  ['QInt32Storage', { size: 4, refused: 'qint32 (quantised)' }],
  ['QUInt4x2Storage', { size: 1, refused: 'quint4x2 (quantised)' }],
  ['QUInt2x4Storage', { size: 1, refused: 'quint2x4 (quantised)' }],
  ['ComplexFloatStorage', { size: 8, refused: 'complex64' }],
  ['ComplexDoubleStorage', { size: 16, refused: 'complex128' }],
]);

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

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const MOST_AXES = 16;
const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length <= MOST_AXES && value.every(isSize);

/** The machine that runs the pickle, as far as a call needs it. */
export interface Caller {
  readonly fail: Fail;
  /** Counts work that one instruction does for many elements; ends the pickle when it is too much. */
  spend(count: number): void;
}

/** What a persistent id stands for: a storage; anything else is an object of no use. */
export function resolveStorage(id: unknown, fail: Fail): PickledStorage | PickledObject {
  if (!Array.isArray(id)) return fail('a reference that is no tuple');
  const [kind, type, key, , count, view] = id as readonly unknown[];
  if (kind !== 'storage') return new PickledObject(kind, id);
  if (!(type instanceof PickledGlobal) || !type.module.startsWith('torch')) return fail('a storage without a type');
  const named = typeof key === 'string' ? key : isSize(key) ? String(key) : fail('a storage without a key');
  if (!isSize(count)) return fail(`storage ${named} has no size`);
  const { dtype, size, refused } = storageTypes.get(type.name) ?? { size: 1, dtype: undefined, refused: type.name };
  const whole = { key: named, dtype, size, refused, total: count };
  if (view === null || view === undefined) return { ...whole, viewed: 0, count };
  if (!Array.isArray(view) || !isSize(view[1]) || !isSize(view[2])) return fail(`storage ${named} has a broken view`);
  if (view[1] + view[2] > count) fail(`storage ${named} has a view that reaches past it`);
  return { ...whole, viewed: view[1], count: view[2] };
}

type Builder = (args: readonly unknown[], caller: Caller) => unknown;

/** All that a pickle may call. Everything else becomes an object that only records what it was called with. */
const builders: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ['torch._utils._rebuild_tensor', buildTensor],
  ['torch._utils._rebuild_tensor_v2', buildTensor],
  ['torch._utils._rebuild_tensor_v3', (args, caller) => buildTensor(args, caller, args[6])],
  ['torch._utils._rebuild_parameter', first],
  ['torch._utils._rebuild_parameter_with_state', first],
  ['torch.nn.parameter.Parameter', first],
  ['torch.nn.parameter.Buffer', first],
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  ['torch._utils._rebuild_qtensor', () => new RefusedTensor('a quantised tensor')],
  ['torch._utils._rebuild_sparse_tensor', () => new RefusedTensor('a sparse tensor')],
  ['torch._utils._rebuild_sparse_csr_tensor', () => new RefusedTensor('a sparse tensor')],
  ['torch._utils._rebuild_nested_tensor', () => new RefusedTensor('a nested tensor')],
  ['torch._utils._rebuild_wrapper_subclass', () => new RefusedTensor('a tensor of another class')],
  ['torch._utils._rebuild_meta_tensor_no_storage', () => new RefusedTensor('a tensor without numbers (meta)')],
  ['torch.Size', first],
  ['torch.jit._pickle.build_intlist', first],
  ['torch.jit._pickle.build_tensorlist', first],
  ['torch.jit._pickle.build_doublelist', first],
  ['torch.jit._pickle.build_boollist', first],
  ['torch.jit._pickle.restore_type_tag', first],
  ['collections.OrderedDict', buildMap],
  ['collections.defaultdict', () => new Map()],
  ['builtins.dict', buildMap],
  ['__builtin__.dict', buildMap],
  ['builtins.list', first],
  ['__builtin__.list', first],
  ['builtins.tuple', first],
  ['__builtin__.tuple', first],
  ['builtins.set', buildSet],
  ['__builtin__.set', buildSet],
  ['builtins.frozenset', buildSet],
  ['__builtin__.frozenset', buildSet],
]);

/** What calling `callable` gives: a value of the few kinds known here, or an inert object. */
export function call(callable: unknown, args: unknown, caller: Caller): unknown {
  const builder = callable instanceof PickledGlobal ? builders.get(callable.path) : undefined;
  if (!builder) return new PickledObject(callable, args);
  if (!Array.isArray(args)) return caller.fail('a call without a tuple');
  return builder(args, caller);
}

function first(args: readonly unknown[]): unknown {
  return args.length > 0 ? args[0] : [];
}

function buildMap([pairs]: readonly unknown[], { spend }: Caller): Map<unknown, unknown> {
  if (pairs instanceof Map) return pairs;
  if (!Array.isArray(pairs)) return new Map();
  spend(pairs.length);
  return new Map(pairs.filter((pair): pair is [unknown, unknown] => Array.isArray(pair) && pair.length === 2));
}

function buildSet([elements]: readonly unknown[], { spend }: Caller): Set<unknown> {
  if (elements instanceof Set) return elements;
  if (!Array.isArray(elements)) return new Set();
  spend(elements.length);
  return new Set(elements);
}

/** `(function, class, its arguments, state)`: the function is one of those above, or nothing is called. */
function rebuildFromType([callable, , inner]: readonly unknown[], caller: Caller): unknown {
  if (callable instanceof PickledGlobal && callable.name === '_rebuild_from_type_v2') caller.fail('a tensor made of itself');
  return call(callable, inner, caller);
}

function buildTensor(args: readonly unknown[], { fail }: Caller, type?: unknown): PickledTensor | RefusedTensor {
  const [storage, offset, shape, strides] = args;
  if (!isStorage(storage)) return fail('a tensor without a storage');
  if (!isSize(offset) || !isSizes(shape) || !isSizes(strides)) return fail('a tensor without a shape');
  if (shape.length !== strides.length) fail('a tensor whose shape and strides differ');
  if (storage.refused) return new RefusedTensor(storage.refused);
  const flags = args.length > 6 ? args[6] : undefined;
  if (flags instanceof Map && (flags.get('conj') === true || flags.get('neg') === true))
    return new RefusedTensor('a negated view');
  const dtype = typeOf(storage, type);
  if (!dtype) return new RefusedTensor(type instanceof PickledGlobal ? type.name : 'a type of its own');
  // Copies: the pickle may still append to its own.
  const view = { offset, shape: [...shape], strides: [...strides], dtype };
  checkReach(storage, view, fail);
  return new PickledTensor(storage, view);
}

function isStorage(value: unknown): value is PickledStorage {
  return typeof value === 'object' && value !== null && 'viewed' in value;
}

function typeOf(storage: PickledStorage, type: unknown): ElementType | undefined {
  if (!(type instanceof PickledGlobal)) return storage.dtype ?? 'U8';
  const dtype = dtypes.get(type.name);
  return storage.dtype === undefined || storage.dtype === dtype ? dtype : undefined;
}

function checkReach(storage: PickledStorage, view: Pick<PickledTensor, 'offset' | 'shape' | 'strides' | 'dtype'>, fail: Fail) {
  const { offset, shape, strides, dtype } = view;
  if (!Number.isSafeInteger(elementCount(shape) * elementBytes[dtype])) fail('a tensor beyond all measure');
  if (shape.includes(0)) return;
  const size = storage.dtype ? 1 : elementBytes[dtype];
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, offset);
  if ((last + 1) * size > storage.count) fail('a tensor that reaches past its storage');
}
