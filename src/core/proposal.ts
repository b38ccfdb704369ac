import type { Manifest, PixelSettings } from './manifest.ts';
import type { Picture } from './picture.ts';

/** What one dropped .onnx file is to the model. */
export type GraphRole = 'encoder' | 'quantizer' | 'decoder' | 'combined' | 'unused';
export const graphRoles: readonly GraphRole[] = ['encoder', 'quantizer', 'decoder', 'combined', 'unused'];

/** Order of the axes in an exporter's pixel array. */
export type SourceLayout = 'NCHW' | 'NHWC' | 'NCTHW' | 'NTHWC' | 'NTCHW' | 'CHW' | 'HWC';

/** A text of the page by its key, with what stands in it. */
export interface Said {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

export type ClaimSubject =
  | 'parts'
  | 'pixels'
  | 'reduction'
  | 'size'
  | 'frames'
  | 'quantizer'
  | 'codebook'
  | 'tokens'
  | 'agreement';

/** One thing that was found out about dropped graphs, and what says so. */
export interface Claim {
  readonly about: ClaimSubject;
  readonly because: Said;
  readonly sure: boolean;
}

export interface DroppedGraph {
  readonly file: string;
  readonly role: GraphRole;
  /** Like `pixels  float32  1 × 3 × height × width`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly operators: number;
  readonly parameters: number;
  readonly producer: string;
  readonly opset: number;
}

/** What operators cost here, or break. fails: throws on WebGPU; wrong: gives wrong numbers there; slow: runs beside the GPU. */
export interface Finding extends Said {
  readonly level: 'fails' | 'wrong' | 'slow' | 'note';
}

/** A table found in the graphs (or in a file beside them) that may be the codebook. */
export interface ProposedTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/** Everything that could be found out about dropped ONNX files, and the model that was made of them. */
export interface Proposal {
  /** Names these very files: what the visitor settles is remembered under it. */
  readonly key: string;
  readonly manifest: Manifest;
  /** The files the manifest lists. */
  readonly files: Readonly<Record<string, Blob>>;
  readonly graphs: readonly DroppedGraph[];
  readonly claims: readonly Claim[];
  readonly findings: readonly Finding[];
  /** Where the model should run; undefined where both will do. */
  readonly provider: 'wasm' | undefined;
  readonly tables: readonly ProposedTable[];
  readonly inputLayout: SourceLayout;
  readonly outputLayout: SourceLayout;
}

/** How frames become planes. */
export type FrameRule = NonNullable<Manifest['size']['frames']>;

/** What the visitor knows better. Absent: as it was found. */
export interface Corrections {
  readonly roles?: Readonly<Record<string, GraphRole>>;
  readonly inputLayout?: SourceLayout;
  readonly outputLayout?: SourceLayout;
  /** The name of a table, or none: then the quantizer stays inside the graphs. */
  readonly table?: string;
  readonly score?: 'l2' | 'cosine' | 'dot';
  readonly codebookSize?: number;
  readonly frames?: FrameRule;
  /** Sides to try first, pixels. */
  readonly side?: number;
}

export interface ProposalProgress {
  readonly stage: 'reading' | 'measuring' | 'cutting' | 'checking' | 'frames';
}

/** A way from pixels to a model's numbers and back. */
export interface Scaling {
  readonly input: ScalingName;
  readonly output: ScalingName;
  readonly channels: 'rgb' | 'bgr';
}
export type ScalingName = 'minus-one-one' | 'zero-one' | 'zero-255' | 'half' | 'imagenet' | 'dalle';
export const scalingNames: readonly ScalingName[] = ['minus-one-one', 'zero-one', 'zero-255', 'half', 'imagenet', 'dalle'];

export interface TriedScaling {
  readonly scaling: Scaling;
  readonly pixels: PixelSettings;
  /** Mean over the cards it was tried on, dB; of each of them. */
  readonly psnr: number;
  readonly each: readonly number[];
  /** What came back, one picture for each of these cards. */
  readonly reconstructions: readonly Picture[];
}

export interface Diagnosis {
  /** The best first. */
  readonly tried: readonly TriedScaling[];
  readonly cards: readonly Picture[];
  /** Decibels between the best and the next one. */
  readonly margin: number;
  /** The best leads on every card. */
  readonly sure: boolean;
}

export interface DiagnosisProgress {
  readonly done: number;
  readonly total: number;
}

/** The same picture on WebGPU and WASM. */
export interface Parity {
  readonly compared: boolean;
  readonly cells: number;
  readonly different: number;
  /** Largest difference of latents and of the reconstruction, in the model's own numbers. */
  readonly latents: number | undefined;
  readonly reconstruction: number;
  /** differs: more than rounding explains. */
  readonly fault: 'zeros' | 'not-a-number' | 'differs' | undefined;
}
