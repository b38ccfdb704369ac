import type { Manifest } from '../core/manifest.ts';
import type { StoredTensors } from './tensors.ts';

/** A published file of weights: tensors by name, and the settings beside it where the publisher gives some. */
export interface Checkpoint {
  /** Its name, for what is said about it. */
  readonly file: string;
  readonly tensors: StoredTensors;
  /** Parsed JSON. */
  readonly config?: unknown;
}

/** A model folder without its identity: what the architecture says of the manifest, and the files by name. */
export interface ConvertedModel {
  readonly manifest: Pick<Manifest, 'medium' | 'architecture' | 'quantizer' | 'size' | 'pixels' | 'graphs' | 'codebook'>;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** What a file in src/convert/architectures exports by default; its file name is the architecture's name in a manifest. */
export interface Architecture<Settings = unknown> {
  /** The network's settings, from names, shapes and `config`, or undefined when this is another network. */
  recognise(checkpoint: Checkpoint): Settings | undefined;
  /** Throws `model-corrupt` when a tensor is missing or has another shape than the settings ask for. */
  write(settings: Settings, checkpoint: Checkpoint): Promise<ConvertedModel>;
}
