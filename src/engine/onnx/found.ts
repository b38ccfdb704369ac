import type { QuantizerSettings } from '../../core/manifest.ts';
import type { Corrections } from '../../core/proposal.ts';
import type { Projection } from '../../core/quantizer.ts';
import type { TensorFacts } from '../../onnx/inspect.ts';
import type { OnnxTensor } from '../../onnx/model.ts';
import type { SourceLatents, Table } from './match.ts';
import type { Bench, Measured } from './measure.ts';
import type { Probe, ProbeRange } from './sizes.ts';

/** What was found where the graphs choose tokens, with the numbers that prove it. */
export interface Found {
  readonly probe: Probe;
  readonly range: ProbeRange;
  /** Tokens of the card, as the visitor's own graphs give them; absent where they give none. */
  readonly tokens: Measured | undefined;
  /** The tokens that `reconstruction` was decoded from. */
  readonly decoded: Int32Array;
  readonly codebookSize: number | undefined;
  readonly tables: readonly Table[];
  readonly cut: OutsideCut | InsideCut;
  /** The reconstruction of those tokens by the visitor's own graphs. */
  readonly reconstruction: Measured;
}

/** The quantizer becomes this page's own: the encoder ends in front of it, the decoder begins behind it. */
export interface OutsideCut {
  readonly kind: 'outside';
  readonly latents: { readonly name: string; readonly layout: SourceLatents; readonly measured: Measured };
  readonly entries: {
    readonly name: string;
    readonly layout: SourceLatents;
    readonly measured: Measured;
    readonly frozen: readonly OnnxTensor[];
  };
  readonly settings: QuantizerSettings;
  /** Numbers of one vector. */
  readonly dimension: number;
  /** Absent for arithmetic quantizers, which have none. */
  readonly table: Table | undefined;
  readonly projection: Projection | undefined;
  /** The graphs' own tokens agree with it; otherwise nothing says how the nearest entry is found. */
  readonly proven: boolean;
  readonly op: string;
}

/** The quantizer stays inside: tokens come out of the encoder and go into the decoder. */
export interface InsideCut {
  readonly kind: 'inside';
  readonly from: string;
  readonly into: {
    readonly name: string;
    readonly facts: TensorFacts | undefined;
    readonly dims: readonly number[];
    readonly frozen: readonly OnnxTensor[];
  };
  readonly table: Table | undefined;
}

export interface FindOptions {
  readonly bench: Bench;
  readonly corrections: Corrections;
  /** A codebook that lay beside the graphs. */
  readonly given: readonly Table[];
}
