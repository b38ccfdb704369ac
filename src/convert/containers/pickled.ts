import type { ElementType } from '../tensors.ts';

/** A name that a pickle refers to. It is never looked up anywhere. */
export class PickledGlobal {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** An object of a class that is not known here: what the pickle says of it, and nothing that could run. */
export class PickledObject {
  /** A `PickledGlobal`, or whatever else the pickle called. */
  readonly made: unknown;
  readonly args: unknown;
  state: unknown;
  /** Pairs, for a class that is a dictionary. */
  items: Map<unknown, unknown> | undefined;
  /** Elements, for a class that is a list. */
  list: unknown[] | undefined;

  constructor(made: unknown, args: unknown) {
    this.made = made;
    this.args = args;
  }

  isOf(path: string): boolean {
    return this.made instanceof PickledGlobal && this.made.path === path;
  }
}

/** Numbers kept beside the pickle. */
export interface PickledStorage {
  readonly key: string;
  /** Undefined where only the tensor knows it; the counts are bytes then. */
  readonly dtype: ElementType | undefined;
  /** Bytes of an element. */
  readonly size: number;
  /** A type that cannot be read here. */
  readonly refused: string | undefined;
  /** Elements that are stored. */
  readonly total: number;
  /** The part of them that is meant (legacy files have views of storages): its first element and how many. */
  readonly viewed: number;
  readonly count: number;
}

/** A view of a storage. Offset and strides are in elements. */
export class PickledTensor {
  readonly storage: PickledStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly dtype: ElementType;

  constructor(storage: PickledStorage, view: Pick<PickledTensor, 'offset' | 'shape' | 'strides' | 'dtype'>) {
    this.storage = storage;
    this.offset = view.offset;
    this.shape = view.shape;
    this.strides = view.strides;
    this.dtype = view.dtype;
  }
}

/** A tensor of a type that cannot be read here; it matters only where it is used. */
export class RefusedTensor {
  readonly type: string;

  constructor(type: string) {
    this.type = type;
  }
}
