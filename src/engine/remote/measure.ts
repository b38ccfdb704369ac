import type { Checkpoint } from '../../convert/architecture.ts';
import { convertCheckpoint, unrecognised } from '../../convert/architectures/index.ts';
import { elementBytes, elementCount, type StoredTensor } from '../../convert/tensors.ts';

const TILE = 2 ** 20;
/** A small positive number in every floating type. */
const NUMBER = 0x3c00;

export interface Measured {
  /** Bytes of the tensors in use. */
  readonly wanted: number;
  readonly architecture: string;
}

/**
 * What converting a checkpoint would read, without reading a tensor: the same conversion over made-up numbers. Throws as it
 * would, as far as names and shapes tell.
 */
export async function measureCheckpoint(checkpoint: Checkpoint): Promise<Measured> {
  const used = new Set<StoredTensor>();
  const tile = new Blob([new Uint16Array(TILE / 2).fill(NUMBER)]);
  const tensors = [...checkpoint.tensors].map(([name, tensor]) => {
    return [name, madeUp(tensor, checkpoint.file, tile, () => void used.add(tensor))] as const;
  });
  const converted = await convertCheckpoint({ ...checkpoint, tensors: new Map(tensors) });
  if (!converted) throw unrecognised(checkpoint);
  const wanted = [...used].reduce((sum, tensor) => sum + sizeOf(tensor), 0);
  return { wanted, architecture: converted.manifest.architecture };
}

function madeUp(tensor: StoredTensor, file: string, tile: Blob, onUse: () => void): StoredTensor {
  const size = sizeOf(tensor);
  const content = () => {
    onUse();
    return new Blob([...Array.from({ length: Math.floor(size / TILE) }, () => tile), tile.slice(0, size % TILE)]);
  };
  const { dtype, shape, span } = tensor;
  // Whole numbers are settings, and few: how a network is drawn may hang on them.
  if (!dtype.includes('F')) return { dtype, shape, bytes: tensor.bytes };
  const source = { name: file, size, slice: async (from: number, to: number) => content().slice(from, to) };
  return { dtype, shape, bytes: () => content().arrayBuffer(), ...(span && { span: { source, from: 0, to: size } }) };
}

function sizeOf({ dtype, shape }: StoredTensor): number {
  return elementCount(shape) * elementBytes[dtype];
}
