import type { CheckpointForm, Manifest } from '../core/manifest.ts';
import type { StoredTensors } from './tensors.ts';

/** A published file of weights: tensors by name, and the settings beside it where the publisher gives some. */
export interface Checkpoint {
  /** Its name, for what is said about it. */
  readonly file: string;
  /** The network's tensors by dotted name; wrapping dictionaries (`state_dict`, `model` …) are off. */
  readonly tensors: StoredTensors;
  /** config.json beside it, or settings in YAML, parsed. */
  readonly config?: unknown;
  /** Settings that the file itself carries (Lightning's `hyper_parameters`, an argparse Namespace …), as plain data. */
  readonly carried?: unknown;
}

/**
 * `stored`: graphs refer to the bytes in the visitor's file wherever they can; `half`: a copy in half precision. Graphs are
 * plain unless said otherwise.
 */
export interface ConvertOptions {
  readonly weights: CheckpointForm['weights'];
  readonly graph?: CheckpointForm['graph'];
  /** Looks for NaN and infinities also in weights that stay where they are, which reads those once. */
  readonly check?: boolean;
}

/** A model folder without its identity: what the architecture says of the manifest, and the files by name. */
export interface ConvertedModel {
  readonly manifest: Pick<
    Manifest,
    'medium' | 'architecture' | 'quantizer' | 'size' | 'pixels' | 'graphs' | 'codebook' | 'scores' | 'conversion'
  >;
  readonly files: ReadonlyMap<string, Blob>;
  readonly report: ConversionReport;
}

/** What the conversion did with the checkpoint. Bytes. */
export interface ConversionReport {
  /** Tensors in use, and those of the checkpoint that are no part of the tokenizer. */
  readonly used: readonly string[];
  readonly ignored: readonly string[];
  /** Weights that stay where they are in the visitor's file. */
  readonly referred: number;
  /** Weights that had to be laid out, widened or halved: they are in the model's own files. */
  readonly copied: number;
  /** Kernels of the fast form that ONNX Runtime works out of the stored ones while it loads: in memory alone. */
  readonly relaid: number;
}

/** What a file in src/convert/architectures exports by default; its file name is the architecture's name in a manifest. */
export interface Architecture<Settings = unknown> {
  /** The network's settings, from names, shapes, `config` and `carried`, or undefined when this is another network. */
  recognise(checkpoint: Checkpoint): Settings | undefined;
  /**
   * Throws `model-corrupt` when a tensor is missing or has another shape than the settings ask for, `checkpoint-unrecognised`
   * when one is left over.
   */
  write(settings: Settings, checkpoint: Checkpoint, options: ConvertOptions): Promise<ConvertedModel>;
}
