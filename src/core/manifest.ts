import type { SizeRule } from './framing.ts';

/** models/<id>/manifest.json, version 1. `models/manifest.schema.json` is the contract; `parseManifest` checks it. */
export interface Manifest {
  readonly manifest: 1;
  readonly id: string;
  readonly title: string;
  readonly medium: 'image' | 'video';
  /** Published architecture (a file name in src/convert/architectures) or 'custom'. */
  readonly architecture: string;
  readonly quantizer: QuantizerSettings;
  readonly size: SizeRule & {
    readonly frames?: { readonly rule: 'grouped' | 'causal'; readonly reduction: number; readonly window: number };
  };
  readonly pixels: PixelSettings;
  readonly graphs: { readonly encoder: GraphFacts; readonly decoder: GraphFacts; readonly discriminator?: GraphFacts };
  readonly codebook?: { readonly file: string; readonly tensor: string };
  readonly scores?: { readonly file: string; readonly weight: string; readonly bias?: string };
  readonly files: readonly ModelFile[];
  readonly check?: {
    readonly file: string;
    readonly input: string;
    readonly tokens: string;
    readonly reconstruction: string;
    readonly tolerance?: number;
  };
  /** Pictures of all entries, each decoded alone, in one WebP made with the model: `columns` cells a row, `cell` pixels a side. */
  readonly atlas?: { readonly file: string; readonly cell: number; readonly columns: number };
  readonly recorded?: readonly RecordedResult[];
  /** How a published checkpoint became this model. */
  readonly conversion?: Conversion;
  readonly source: {
    readonly licence: string;
    readonly paper?: string;
    readonly repository?: string;
    readonly training?: string;
  };
  readonly figures?: readonly ModelFigures[];
}

/** How a checkpoint becomes a model. */
export interface CheckpointForm {
  /** As the checkpoint has them, or rounded to half precision. */
  readonly weights: 'stored' | 'half';
  /** As the network is published, or rewritten where that takes less time: the same numbers. */
  readonly graph: 'plain' | 'fast';
}

/** What became of a checkpoint's weights, in bytes: left as they are stored, laid out anew in files, laid out anew in memory. */
interface Conversion extends CheckpointForm {
  readonly referred: number;
  readonly copied: number;
  readonly relaid: number;
}

export interface QuantizerSettings {
  readonly kind: 'vq' | 'fsq' | 'lfq' | 'in-graph';
  readonly codebookSize?: number;
  readonly entryDimension?: number;
  readonly score?: 'l2' | 'cosine' | 'dot' | 'projection';
  readonly normalizeEntries?: boolean;
  readonly levels?: readonly number[];
  readonly bits?: number;
  readonly firstBit?: 'least' | 'most';
  readonly entryScale?: number;
}

export interface PixelSettings {
  readonly range: readonly [number, number];
  readonly outputRange: readonly [number, number];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** Where the decoder's numbers are not normalized as the encoder's are; by default `mean` and `std`. */
  readonly outputMean?: readonly number[];
  readonly outputStd?: readonly number[];
  readonly channels?: 'rgb' | 'bgr';
  readonly map?: 'linear' | 'dalle-map-pixels';
}

export type PixelLayout = 'NCHW' | 'NHWC' | 'NHWC4' | 'NCTHW' | 'NTHWC' | 'TCHW' | 'NTHWC4';
export type LatentLayout = 'NDHW' | 'NHWD' | 'NDTHW' | 'NTHWD' | 'TDHW';

export interface GraphFacts {
  readonly file: string;
  /** The same graph with its convolutions over time as convolutions of volumes, for devices on which that is faster. */
  readonly direct?: string;
  readonly input: string;
  readonly output: string;
  readonly layout: PixelLayout;
  readonly carries?: 'latents' | 'tokens';
  readonly latentLayout?: LatentLayout;
  readonly dtype?: 'float32' | 'float16';
  readonly tokenDtype?: 'int32' | 'int64';
}

export interface ModelFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256?: string;
  readonly url?: string;
}

/**
 * A result shipped with the model: tokens bit-packed (ceil(log2 K) bits each, most significant first) in base64. Of a clip the
 * reconstruction is one picture with its frames row by row, as many columns as its width holds.
 */
export interface RecordedResult {
  readonly sample: string;
  readonly grid: readonly number[];
  readonly tokens: string;
  readonly reconstruction: string;
  /** Only of clips: frames of the piece the page opens the sample with, without padding. */
  readonly frames?: number;
  readonly on?: string;
}

export interface ModelFigures {
  readonly set: string;
  readonly psnr: number;
  readonly ssim?: number;
  readonly msssim?: number | null;
  readonly usage?: number;
  readonly perplexity?: number;
  readonly dead?: number;
  readonly bitsPerPixel?: number;
  readonly sharpness?: number;
  /** Of clips: how much still parts move from frame to frame, over how much they do in the source; 1 is as calm as the source. */
  readonly flicker?: number;
  /** dB of the same pictures as JPEG with as many bits. */
  readonly jpegPsnr?: number;
}
