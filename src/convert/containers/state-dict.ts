import type { Fail } from './failure.ts';
import { PickledGlobal, PickledObject, PickledTensor, RefusedTensor } from './pickled.ts';

export type AnyTensor = PickledTensor | RefusedTensor;

/** Keys under which trainers keep averaged weights, which are the ones to use, and the others; in the order of preference. */
const AVERAGED = ['ema_params', 'ema', 'params_ema', 'ema_state_dict', 'state_dict_ema', 'model_ema', 'ema_model', 'g_ema'];
const WRAPPERS = [
  'state_dict',
  'model_state_dict',
  'model',
  'module',
  'params',
  'vqvae',
  'vqgan',
  'g_params',
  'vae',
  'net',
  'network',
  'generator',
  'weights',
];
const SETTINGS = ['hyper_parameters', 'hyperparameters', 'hparams', 'config', 'cfg', 'args', 'opt'];
const MOST_WRAPPED = 8;
const MOST_DEPTH = 64;
/** Places that a walk visits; a pickle can refer to one list in exponentially many ways. */
const MOST_VISITED = 1_000_000;

/** The network's tensors by dotted name, without the dictionaries around them, and the settings kept beside them. */
export interface StateDict {
  readonly tensors: ReadonlyMap<string, AnyTensor>;
  readonly carried?: unknown;
}

/** `objects`: unknown objects are modules whose attributes are tensors, as in TorchScript. */
export function findStateDict(root: unknown, options: { objects: boolean }, fail: Fail): StateDict {
  const carried = findSettings(root);
  return { tensors: unwrap(root, new Walk(options.objects, fail)), ...(carried !== undefined && { carried }) };
}

function unwrap(root: unknown, walk: Walk): ReadonlyMap<string, AnyTensor> {
  let value = root;
  for (let i = 0; i < MOST_WRAPPED; i++) {
    if (Array.isArray(value)) value = largest(value, walk);
    if (!(value instanceof Map)) break;
    const averaged = findWrapped(value, AVERAGED, walk);
    const wrapped = findWrapped(value, WRAPPERS, walk);
    if (averaged) return preferAveraged(unwrap(averaged.value, walk), wrapped && unwrap(wrapped.value, walk));
    if (!wrapped) break;
    value = wrapped.value;
  }
  return walk.collect(value);
}

/** Of a list, such as weights and an epoch, what holds the most tensors. */
function largest(list: readonly unknown[], walk: Walk): unknown {
  const sizes = list.map((value) => ({ value, size: value instanceof Map ? walk.collect(value).size : 0 }));
  return sizes.reduce((best, one) => (one.size > best.size ? one : best), { value: list as unknown, size: 0 }).value;
}

function findWrapped(map: ReadonlyMap<unknown, unknown>, keys: readonly string[], walk: Walk): { value: unknown } | undefined {
  for (const key of keys) {
    const value = map.get(key);
    if ((value instanceof Map || isModule(value)) && walk.collect(value).size > 0) return { value };
  }
  return undefined;
}

/** Averages may cover parameters only: then they replace those; averages of something else are left alone. */
function preferAveraged(
  averaged: ReadonlyMap<string, AnyTensor>,
  raw: ReadonlyMap<string, AnyTensor> | undefined,
): ReadonlyMap<string, AnyTensor> {
  if (!raw) return averaged;
  if ([...averaged.keys()].every((name) => raw.has(name))) return new Map([...raw, ...averaged]);
  return averaged.size >= raw.size ? averaged : raw;
}

const PARTS = ['_parameters', '_buffers', '_modules'] as const;

function isModule(value: unknown): value is PickledObject & { state: Map<unknown, unknown> } {
  return value instanceof PickledObject && value.state instanceof Map && value.state.get('_modules') instanceof Map;
}

/** Tensors and modules of a module; buffers that torch would not save are none of them. */
function partsOf(state: ReadonlyMap<unknown, unknown>): readonly ReadonlyMap<unknown, unknown>[] {
  const parts = PARTS.map((part) => state.get(part)).filter((part) => part instanceof Map);
  const passing = state.get('_non_persistent_buffers_set');
  if (!(passing instanceof Set) || passing.size === 0) return parts;
  return parts.map((part) => new Map([...part].filter(([name]) => !passing.has(name))));
}

/** Walks values that may refer to each other in circles, counting its steps. */
class Walk {
  readonly #objects: boolean;
  readonly #fail: Fail;
  readonly #known = new Map<unknown, ReadonlyMap<string, AnyTensor>>();
  #visited = 0;

  constructor(objects: boolean, fail: Fail) {
    this.#objects = objects;
    this.#fail = fail;
  }

  collect(value: unknown): ReadonlyMap<string, AnyTensor> {
    const known = this.#known.get(value);
    if (known) return known;
    const tensors = new Map<string, AnyTensor>();
    this.#visit(value, '', 0, tensors);
    this.#known.set(value, tensors);
    return tensors;
  }

  #visit(value: unknown, path: string, depth: number, found: Map<string, AnyTensor>): void {
    if (++this.#visited > MOST_VISITED) this.#fail('its dictionaries refer to each other without end');
    if (value instanceof PickledTensor || value instanceof RefusedTensor) {
      if (path) found.set(path, value);
      return;
    }
    const parts = this.#partsOf(value);
    if (parts.length > 0 && depth >= MOST_DEPTH) this.#fail('its dictionaries are nested too deep');
    for (const part of parts) {
      for (const [key, inner] of part) {
        if (typeof key !== 'string' && typeof key !== 'number') continue;
        this.#visit(inner, path ? `${path}.${key}` : String(key), depth + 1, found);
      }
    }
  }

  #partsOf(value: unknown): readonly ReadonlyMap<unknown, unknown>[] {
    if (value instanceof Map) return [value];
    if (isModule(value)) return partsOf(value.state);
    if (!(value instanceof PickledObject)) return [];
    if (value.items) return [value.items];
    return this.#objects && value.state instanceof Map ? [value.state] : [];
  }
}

/** What a file says of its network in plain data, or undefined. */
function findSettings(root: unknown): unknown {
  if (root instanceof Map) {
    for (const key of SETTINGS) if (root.has(key)) return toPlain(root.get(key), 0, { left: MOST_PLAIN });
    return undefined;
  }
  if (!isModule(root)) return undefined;
  const own = [...root.state].filter(([key]) => typeof key === 'string' && !key.startsWith('_'));
  return toPlain(new Map(own), 0, { left: MOST_PLAIN });
}

const MOST_PLAIN = 10_000;
const MOST_PLAIN_DEPTH = 16;

/** As JSON would hold it; what JSON has no word for becomes undefined. */
function toPlain(value: unknown, depth: number, budget: { left: number }): unknown {
  if (--budget.left < 0 || depth > MOST_PLAIN_DEPTH) return undefined;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value) || value instanceof Set) return listToPlain(value, depth, budget);
  if (value instanceof Map) return mapToPlain(value, depth, budget);
  if (value instanceof PickledGlobal) return value.path;
  return value instanceof PickledObject ? toPlain(contentOf(value), depth + 1, budget) : undefined;
}

function listToPlain(values: Iterable<unknown>, depth: number, budget: { left: number }): unknown[] {
  const plain: unknown[] = [];
  for (const value of values) {
    if (budget.left <= 0) break;
    plain.push(toPlain(value, depth + 1, budget));
  }
  return plain;
}

/** Without a prototype, so that no key of a file can reach one. */
function mapToPlain(map: ReadonlyMap<unknown, unknown>, depth: number, budget: { left: number }): Record<string, unknown> {
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, value] of map) {
    if (budget.left <= 0) break;
    if ((typeof key === 'string' || typeof key === 'number') && key !== '__proto__')
      plain[key] = toPlain(value, depth + 1, budget);
  }
  return plain;
}

/** A dictionary's pairs, a list's elements, omegaconf's wrapped values, or the attributes of anything else. */
function contentOf(object: PickledObject): unknown {
  if (object.items) return object.items;
  if (object.list) return object.list;
  if (!(object.state instanceof Map)) return Array.isArray(object.args) && object.args.length === 1 ? object.args[0] : undefined;
  if (object.state.has('_content')) return object.state.get('_content');
  return object.state.has('_val') ? object.state.get('_val') : object.state;
}
