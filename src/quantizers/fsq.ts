import { TokenscopeError } from '../core/errors.ts';
import type { QuantizerSettings } from '../core/manifest.ts';
import type { QuantizerKind } from '../core/quantizer.ts';
import { cheapestSums } from '../core/ranking.ts';

/**
 * Finite scalar quantization: each channel is bounded by a tanh and rounded to one of L levels (arXiv 2309.15505,
 * appendix A.1). With half = (L − 1)(1 + 1e-3)/2 and offset = ½ for even L:
 *   bounded = tanh(z + atanh(offset / half)) · half − offset,   digit = round(bounded) + ⌊L/2⌋,
 *   token = Σ digit · (product of the levels before),           entry = (digit − ⌊L/2⌋) / ⌊L/2⌋ · entryScale.
 */
const EPSILON = 1e-3;

interface Channel {
  readonly levels: number;
  /** Steps from the middle to the lowest level. */
  readonly reach: number;
  readonly half: number;
  readonly offset: number;
  readonly shift: number;
  /** What one digit is worth in the token. */
  readonly weight: number;
}

export default {
  example: { settings: { kind: 'fsq', levels: [3, 4] } },
  open(settings) {
    const channels = readChannels(settings);
    const scale = settings.entryScale ?? 1;
    const size = channels.reduce((product, { levels }) => product * levels, 1);
    const bounded = (z: number, { half, offset, shift }: Channel) => Math.tanh(z + shift) * half - offset;
    const at = (token: number, { weight, levels, reach }: Channel) => (Math.floor(token / weight) % levels) - reach;
    // A latent exactly between two levels goes to the lower one, so that the lowest index wins.
    const step = (z: number, channel: Channel) =>
      Math.min(channel.levels - 1 - channel.reach, Math.max(-channel.reach, Math.ceil(bounded(z, channel) - 0.5)));
    const cost = (z: number, channel: Channel, level: number) => (((bounded(z, channel) - level) / channel.reach) * scale) ** 2;

    const levels = channels.map((channel) => channel.levels);
    const weights = channels.map(({ weight }) => weight);
    return {
      codebookSize: size,
      entryDimension: channels.length,
      entry: (token) => {
        const vector = new Float32Array(channels.length);
        for (let c = 0; c < vector.length; c++) vector[c] = (at(token, channels[c]!) / channels[c]!.reach) * scale;
        return vector;
      },
      nearest: (latent) =>
        channels.reduce((token, channel, i) => token + (step(latent[i]!, channel) + channel.reach) * channel.weight, 0),
      nearestFew: (latent, count) => {
        const seen = channels.map((channel, i) => bounded(latent[i]!, channel));
        const cost = (c: number, digit: number) => {
          const { reach } = channels[c]!;
          return (((seen[c]! - digit + reach) / reach) * scale) ** 2;
        };
        return cheapestSums(levels, weights, cost, count);
      },
      distance: (latent, token) => channels.reduce((sum, channel, i) => sum + cost(latent[i]!, channel, at(token, channel)), 0),
      seen: (latent) => Float32Array.from(channels, (channel, i) => (bounded(latent[i]!, channel) / channel.reach) * scale),
    };
  },
} satisfies QuantizerKind;

function readChannels({ levels, codebookSize, entryDimension }: QuantizerSettings): Channel[] {
  const invalid = (reason: string) => new TokenscopeError('manifest-invalid', { file: 'manifest.json', reason });
  if (!levels?.length || levels.some((count) => !Number.isInteger(count) || count < 2)) {
    throw invalid('quantizer.levels must be whole numbers of at least 2');
  }
  let weight = 1;
  const channels = levels.map((count) => {
    const half = ((count - 1) * (1 + EPSILON)) / 2;
    const offset = count % 2 === 0 ? 0.5 : 0;
    const channel = { levels: count, reach: Math.floor(count / 2), half, offset, shift: Math.atanh(offset / half), weight };
    weight *= count;
    return channel;
  });
  if (codebookSize !== undefined && codebookSize !== weight) {
    throw invalid(`quantizer.codebookSize must be the product of levels, ${weight}`);
  }
  if (entryDimension !== undefined && entryDimension !== levels.length) {
    throw invalid(`quantizer.entryDimension must be the number of levels, ${levels.length}`);
  }
  return channels;
}
