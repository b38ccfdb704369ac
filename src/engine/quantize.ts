import type { Tensor } from 'onnxruntime-web';
import { TokenscopeError } from '../core/errors.ts';
import type { LatentLayout, QuantizerSettings } from '../core/manifest.ts';
import type { Projection, Quantizer } from '../core/quantizer.ts';
import { cellCount, type Latents } from '../core/token-grid.ts';
import { latentShape } from './latent-layout.ts';
import type { Nearest, Provider } from './protocol.ts';
import { blocksFor, buildQuantizerGraph, splitEntries } from './quantizer-graph.ts';
import type { Runtime, Session } from './runtime.ts';
import { NEAREST, rankByArithmetic, rankCandidates, scoringOf } from './search.ts';

/**
 * From latents to the nearest entries of every cell, on the model's provider. `tensor` is what the encoder gave, still on
 * the GPU where there is one; `readLatents` brings the same numbers here. `mask` (K) is added to the distances.
 */
export type Quantize = (tensor: Tensor, readLatents: () => Promise<Latents>, mask?: Float32Array) => Promise<Nearest>;

export interface QuantizeSettings {
  readonly runtime: Runtime;
  readonly provider: Provider;
  readonly settings: QuantizerSettings;
  readonly quantizer: Quantizer;
  readonly projection: Projection | undefined;
  readonly layout: LatentLayout;
}

/** FSQ and LFQ by arithmetic; vq by a small graph that is built for this codebook and opened on the model's provider. */
export function createQuantize(options: QuantizeSettings): { quantize: Quantize; release(): Promise<void> } {
  const { settings, quantizer, projection } = options;
  if (settings.kind !== 'vq') {
    return { quantize: async (_, readLatents) => rankByArithmetic(quantizer, await readLatents()), release: async () => {} };
  }
  const scoring = scoringOf(settings, quantizer, projection);
  const { codebookSize, entryDimension } = quantizer;
  const noMask = new Float32Array(codebookSize);
  /** Sessions by their number of blocks; larger pictures need more. */
  const sessions = new Map<number, Session>();

  async function sessionFor(blocks: number): Promise<Session> {
    const known = sessions.get(blocks);
    if (known) return known;
    const { runtime, provider, layout } = options;
    const graph = buildQuantizerGraph({ scoring, codebookSize, entryDimension, layout, count: NEAREST, blocks });
    const session = await runtime.createSession(graph, { provider, file: 'quantizer' });
    sessions.set(blocks, session);
    return session;
  }

  async function quantize(tensor: Tensor, readLatents: () => Promise<Latents>, mask?: Float32Array): Promise<Nearest> {
    const { d, shape } = latentShape(options.layout, tensor.dims);
    if (d !== entryDimension) {
      const reason = `quantizer.entryDimension is ${entryDimension}, but the encoder gives ${d} channels`;
      throw new TokenscopeError('manifest-invalid', { file: 'manifest.json', reason });
    }
    const blocks = blocksFor(cellCount(shape), codebookSize);
    const session = await sessionFor(blocks);
    const maskTensor = new options.runtime.ort.Tensor('float32', mask ?? noMask, [codebookSize]);
    const outputs = await session.run({ latents: tensor, mask: maskTensor });
    const candidates = splitEntries(codebookSize, blocks).map(({ from }, b) => {
      const indices = outputs[`indices_${b}`]!;
      const tokens = Int32Array.from(indices.data as BigInt64Array, (index) => Number(index) + from);
      indices.dispose();
      return tokens;
    });
    maskTensor.dispose();
    return rankCandidates(quantizer, await readLatents(), candidates, mask);
  }

  return {
    quantize,
    async release() {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}
