import { TokenscopeError } from './errors.ts';
import type { GraphFacts, Manifest, QuantizerSettings } from './manifest.ts';

/** Checks a value that stands at `at` (like `graphs.encoder.layout`); throws a sentence about it. */
type Rule = (value: unknown, at: string) => void;

/**
 * A manifest from parsed JSON, or `manifest-invalid` naming the field and what is wrong with it. The rules mirror
 * models/manifest.schema.json; what a schema cannot say (files that are named are listed, the quantizer has what its kind
 * needs) comes after them.
 */
export function parseManifest(json: unknown, file = 'manifest.json'): Manifest {
  try {
    manifest(json, '');
    checkTogether(json as Manifest);
  } catch (error) {
    if (error instanceof Complaint) throw new TokenscopeError('manifest-invalid', { file, reason: error.message });
    throw error;
  }
  return json as Manifest;
}

class Complaint extends Error {}

function complain(at: string, problem: string): never {
  throw new Complaint(`${at || 'the file'} ${problem}`);
}

const text: Rule = (value, at) => {
  if (typeof value !== 'string') complain(at, 'must be text');
};
const flag: Rule = (value, at) => {
  if (typeof value !== 'boolean') complain(at, 'must be true or false');
};
const number: Rule = (value, at) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) complain(at, 'must be a number');
};
const nullable =
  (rule: Rule): Rule =>
  (value, at) => {
    if (value !== null) rule(value, at);
  };

function whole(minimum: number): Rule {
  return (value, at) => {
    if (!Number.isSafeInteger(value)) complain(at, 'must be a whole number');
    if ((value as number) < minimum) complain(at, `must be at least ${minimum}`);
  };
}

function oneOf(...allowed: readonly (string | number)[]): Rule {
  return (value, at) => {
    if (!allowed.includes(value as string)) complain(at, `must be ${allowed.join(', ').replace(/, ([^,]*)$/, ' or $1')}`);
  };
}

function like(pattern: RegExp, words: string): Rule {
  return (value, at) => {
    if (typeof value !== 'string' || !pattern.test(value)) complain(at, `must be ${words}`);
  };
}

function list(rule: Rule, length?: number): Rule {
  return (value, at) => {
    if (!Array.isArray(value)) complain(at, 'must be a list');
    if (length !== undefined && value.length !== length) complain(at, `must have ${length} items`);
    for (const [i, item] of value.entries()) rule(item, `${at}[${i}]`);
  };
}

function object(required: Record<string, Rule>, optional: Record<string, Rule> = {}): Rule {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) complain(at, 'must be an object');
    const path = (key: string) => (at ? `${at}.${key}` : key);
    for (const key of Object.keys(required)) if (!Object.hasOwn(value, key)) complain(path(key), 'is missing');
    for (const [key, item] of Object.entries(value)) {
      const rule = own(required, key) ?? own(optional, key);
      if (!rule) complain(path(key), 'is not a known field');
      rule(item, path(key));
    }
  };
}

function own(rules: Record<string, Rule>, key: string): Rule | undefined {
  return Object.hasOwn(rules, key) ? rules[key] : undefined;
}

const fileName = like(/^[A-Za-z0-9._-]+$/, 'a file name without folders');
const graph = object(
  { file: fileName, input: text, output: text, layout: oneOf('NCHW', 'NHWC', 'NHWC4', 'NCTHW', 'NTHWC', 'TCHW', 'NTHWC4') },
  {
    direct: fileName,
    carries: oneOf('latents', 'tokens'),
    latentLayout: oneOf('NDHW', 'NHWD', 'NDTHW', 'NTHWD', 'TDHW'),
    dtype: oneOf('float32', 'float16'),
    tokenDtype: oneOf('int32', 'int64'),
  },
);

const manifest = object(
  {
    manifest: oneOf(1),
    id: like(/^[a-z0-9][a-z0-9-]{1,60}$/, '2 to 61 small letters, digits and hyphens'),
    title: text,
    medium: oneOf('image', 'video'),
    architecture: text,
    quantizer: object(
      { kind: oneOf('vq', 'fsq', 'lfq', 'in-graph') },
      {
        codebookSize: whole(2),
        entryDimension: whole(1),
        score: oneOf('l2', 'cosine', 'dot', 'projection'),
        normalizeEntries: flag,
        levels: list(whole(2)),
        bits: whole(1),
        firstBit: oneOf('least', 'most'),
        entryScale: number,
      },
    ),
    size: object(
      { reduction: whole(1), multipleOf: whole(1) },
      {
        minimum: whole(1),
        maximum: whole(1),
        preferred: list(whole(1), 2),
        fixed: flag,
        frames: object({ rule: oneOf('grouped', 'causal'), reduction: whole(1), window: whole(1) }),
      },
    ),
    pixels: object(
      { range: list(number, 2), outputRange: list(number, 2) },
      {
        mean: list(number, 3),
        std: list(number, 3),
        outputMean: list(number, 3),
        outputStd: list(number, 3),
        channels: oneOf('rgb', 'bgr'),
        map: oneOf('linear', 'dalle-map-pixels'),
      },
    ),
    graphs: object({ encoder: graph, decoder: graph }, { discriminator: graph }),
    files: list(
      object({ name: fileName, bytes: whole(1) }, { sha256: like(/^[0-9a-f]{64}$/, '64 hexadecimal digits'), url: text }),
    ),
    source: object({ licence: text }, { paper: text, repository: text, training: text }),
  },
  {
    codebook: object({ file: fileName, tensor: text }),
    scores: object({ file: fileName, weight: text }, { bias: text }),
    check: object({ file: fileName, input: text, tokens: text, reconstruction: text }, { tolerance: number }),
    atlas: object({ file: fileName, cell: whole(1), columns: whole(1) }),
    recorded: list(
      object({ sample: text, grid: list(whole(1)), tokens: text, reconstruction: text }, { frames: whole(1), on: text }),
    ),
    conversion: object({
      weights: oneOf('stored', 'half'),
      graph: oneOf('plain', 'fast'),
      referred: whole(0),
      copied: whole(0),
      relaid: whole(0),
    }),
    figures: list(
      object(
        { set: text, psnr: number },
        {
          ssim: number,
          msssim: nullable(number),
          usage: number,
          perplexity: number,
          dead: whole(0),
          bitsPerPixel: number,
          sharpness: number,
          flicker: number,
          jpegPsnr: number,
        },
      ),
    ),
  },
);

function checkTogether(whole: Manifest): void {
  const { graphs, codebook, scores, check } = whole;
  const named: [string, { readonly file: string } | undefined][] = [
    ['graphs.encoder.file', graphs.encoder],
    ['graphs.decoder.file', graphs.decoder],
    ['graphs.discriminator.file', graphs.discriminator],
    ['codebook.file', codebook],
    ['scores.file', scores],
    ['check.file', check],
  ];
  for (const part of ['encoder', 'decoder'] as const) {
    const { direct } = graphs[part];
    if (direct) named.push([`graphs.${part}.direct`, { file: direct }]);
  }
  for (const [at, part] of named) {
    if (part && !whole.files.some(({ name }) => name === part.file)) complain(at, `is not among files: ${part.file}`);
  }
  checkQuantizer(whole);
  checkRanges(whole);
  const carries = whole.quantizer.kind === 'in-graph' ? 'tokens' : 'latents';
  checkGraph(graphs.encoder, 'graphs.encoder', carries);
  checkGraph(graphs.decoder, 'graphs.decoder', carries);
}

function checkGraph({ carries = 'latents' }: GraphFacts, at: string, expected: string): void {
  if (carries !== expected) complain(`${at}.carries`, `must be ${expected} for this quantizer.kind`);
}

function checkQuantizer({ quantizer, codebook, scores }: Manifest): void {
  const needs: Record<QuantizerSettings['kind'], readonly (keyof QuantizerSettings)[]> = {
    vq: ['codebookSize', 'entryDimension'],
    fsq: ['levels'],
    lfq: ['bits'],
    'in-graph': ['codebookSize'],
  };
  for (const key of needs[quantizer.kind]) if (quantizer[key] === undefined) complain(`quantizer.${key}`, 'is missing');
  if (quantizer.kind === 'vq' && !codebook) complain('codebook', 'is missing');
  if (quantizer.score === 'projection' && !scores) complain('scores', 'is missing');
}

function checkRanges({ pixels, size }: Manifest): void {
  if (pixels.range[0] === pixels.range[1]) complain('pixels.range', 'must not be empty');
  if (pixels.outputRange[0] === pixels.outputRange[1]) complain('pixels.outputRange', 'must not be empty');
  if (pixels.std?.includes(0)) complain('pixels.std', 'must not contain 0');
  if (pixels.outputStd?.includes(0)) complain('pixels.outputStd', 'must not contain 0');
  if (size.fixed && !size.preferred) complain('size.preferred', 'is missing although size.fixed is true');
  if (size.maximum !== undefined && size.maximum < (size.minimum ?? size.multipleOf)) {
    complain('size.maximum', 'must not be under the minimum');
  }
}
