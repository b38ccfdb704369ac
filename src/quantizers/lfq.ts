import { TokenscopeError } from '../core/errors.ts';
import type { QuantizerSettings } from '../core/manifest.ts';
import type { QuantizerKind } from '../core/quantizer.ts';
import { cheapestSums } from '../core/ranking.ts';

/**
 * Lookup-free quantization: each channel is one bit, its sign (MAGVIT-v2, arXiv 2310.05737, equation 4). The codebook is
 * the corners of a cube, ± `entryScale` on every axis, K = 2^bits, and nothing is stored. `firstBit` says how much
 * channel 0 counts: least in Open-MAGVIT2, most in Show-o.
 */
export default {
  example: { settings: { kind: 'lfq', bits: 3, firstBit: 'least' } },
  open(settings) {
    const bits = readBits(settings);
    const { firstBit = 'least', entryScale: scale = 1 } = settings;
    const shifts = Array.from({ length: bits }, (_, channel) => (firstBit === 'least' ? channel : bits - 1 - channel));
    const weights = shifts.map((shift) => 2 ** shift);
    const levels = shifts.map(() => 2);
    const value = (token: number, channel: number) => ((token >> shifts[channel]!) & 1 ? scale : -scale);
    return {
      codebookSize: 2 ** bits,
      entryDimension: bits,
      entry: (token) => {
        const vector = new Float32Array(bits);
        for (let channel = 0; channel < bits; channel++) vector[channel] = value(token, channel);
        return vector;
      },
      nearest: (latent) => weights.reduce((token, weight, channel) => (latent[channel]! > 0 ? token + weight : token), 0),
      nearestFew: (latent, count) =>
        cheapestSums(levels, weights, (channel, bit) => (latent[channel]! - (bit ? scale : -scale)) ** 2, count),
      distance: (latent, token) => {
        let sum = 0;
        for (let channel = 0; channel < bits; channel++) sum += (latent[channel]! - value(token, channel)) ** 2;
        return sum;
      },
      seen: (latent) => Float32Array.from(latent),
    };
  },
} satisfies QuantizerKind;

function readBits({ bits, codebookSize, entryDimension }: QuantizerSettings): number {
  const reason =
    !bits || !Number.isInteger(bits) || bits < 1 || bits > 30
      ? 'quantizer.bits must be a whole number from 1 to 30'
      : codebookSize !== undefined && codebookSize !== 2 ** bits
        ? `quantizer.codebookSize must be 2^bits = ${2 ** bits}`
        : entryDimension !== undefined && entryDimension !== bits
          ? `quantizer.entryDimension must equal bits = ${bits}`
          : undefined;
  if (reason) throw new TokenscopeError('manifest-invalid', { file: 'manifest.json', reason });
  return bits!;
}
