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
    const weight = (channel: number) => 2 ** (firstBit === 'least' ? channel : bits - 1 - channel);
    const weights = Array.from({ length: bits }, (_, channel) => weight(channel));
    const value = (token: number, channel: number) => (Math.floor(token / weights[channel]!) % 2 === 1 ? scale : -scale);

    const nearest = (latent: ArrayLike<number>) => {
      let token = 0;
      for (let c = 0; c < bits; c++) if (latent[c]! > 0) token += weights[c]!;
      return token;
    };
    return {
      codebookSize: 2 ** bits,
      entryDimension: bits,
      entry: (token) => Float32Array.from({ length: bits }, (_, channel) => value(token, channel)),
      nearest,
      nearestFew: (latent, count) =>
        cheapestSums(
          weights.map((set, channel) => [
            { token: 0, distance: (latent[channel]! + scale) ** 2 },
            { token: set, distance: (latent[channel]! - scale) ** 2 },
          ]),
          count,
        ),
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
