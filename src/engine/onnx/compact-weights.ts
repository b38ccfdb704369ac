import { externalPlace } from '../../onnx/inspect.ts';
import type { OnnxGraph, OnnxTensor } from '../../onnx/model.ts';
import { elementSizes } from '../../onnx/parts.ts';

/** The file in a model folder that weights stand in which lay beside the dropped graphs. */
export const WEIGHTS = 'weights.bin';

/** Weights in use, as slices of the files they lay in: no byte is copied, and what no graph needs stays behind. */
export class CompactWeights {
  readonly name = WEIGHTS;
  readonly #weights: ReadonlyMap<string, Blob>;
  readonly #known = new Map<string, number>();
  readonly #parts: Blob[] = [];
  size = 0;

  constructor(weights: ReadonlyMap<string, Blob>) {
    this.#weights = weights;
  }

  /** The graph with its weights in the new file. */
  take(graph: OnnxGraph): OnnxGraph {
    return { ...graph, initializers: graph.initializers.map((tensor) => this.#move(tensor)) };
  }

  #move(tensor: OnnxTensor): OnnxTensor {
    const place = externalPlace(tensor, WEIGHTS);
    const content = place && this.#weights.get(place.location);
    if (!place || !content) return tensor;
    const length = place.length >= 0 ? place.length : (bytesOf(tensor) ?? content.size - place.offset);
    const key = `${place.location} ${place.offset} ${length}`;
    const offset = this.#known.get(key) ?? this.#add(key, content.slice(place.offset, place.offset + length));
    const external = { location: this.name, offset: String(offset), length: String(length) };
    return { ...tensor, external: Object.entries(external).map(([name, value]) => ({ key: name, value })) };
  }

  #add(key: string, part: Blob): number {
    const offset = this.size;
    this.#known.set(key, offset);
    this.#parts.push(part);
    this.size += part.size;
    return offset;
  }

  blob(): Blob {
    return new Blob(this.#parts);
  }
}

function bytesOf({ dims, dataType }: OnnxTensor): number | undefined {
  const size = elementSizes.get(dataType ?? 0);
  return size && dims.reduce((a, b) => a * b, size);
}
