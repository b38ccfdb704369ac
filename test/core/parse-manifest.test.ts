import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import { parseManifest } from '../../src/core/parse-manifest.ts';

type Json = Record<string, unknown>;

const good = (): Json => ({
  manifest: 1,
  id: 'tiny',
  title: 'Tiny',
  medium: 'image',
  architecture: 'custom',
  quantizer: { kind: 'vq', codebookSize: 4, entryDimension: 2, score: 'l2', normalizeEntries: false },
  size: { reduction: 2, multipleOf: 2, minimum: 2, maximum: 64, preferred: [8, 8], fixed: false },
  pixels: { range: [-1, 1], outputRange: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb', map: 'linear' },
  graphs: {
    encoder: {
      file: 'e.onnx',
      input: 'x',
      output: 'z',
      layout: 'NHWC4',
      carries: 'latents',
      latentLayout: 'NHWD',
      dtype: 'float32',
    },
    decoder: { file: 'd.onnx', input: 'z', output: 'x', layout: 'NCHW' },
  },
  codebook: { file: 'c.safetensors', tensor: 'codebook' },
  files: [
    { name: 'e.onnx', bytes: 10, sha256: 'a'.repeat(64) },
    { name: 'd.onnx', bytes: 10, url: 'https://example.org/d.onnx' },
    { name: 'c.safetensors', bytes: 10 },
    { name: 'k.safetensors', bytes: 10 },
  ],
  check: { file: 'k.safetensors', input: 'input', tokens: 'tokens', reconstruction: 'reconstruction', tolerance: 0.002 },
  atlas: { file: 'atlas.webp', cell: 16, columns: 32 },
  recorded: [{ sample: 'card', grid: [4, 4], tokens: 'AAAA', reconstruction: 'recorded-card.webp', on: 'wasm' }],
  conversion: { weights: 'half', graph: 'fast', referred: 0, copied: 20, relaid: 40 },
  source: { licence: 'MIT', paper: 'arXiv', repository: 'this', training: 'none' },
  figures: [
    { set: 'Kodak', psnr: 20, ssim: 0.5, msssim: null, usage: 99, perplexity: 3, dead: 0, bitsPerPixel: 0.1, sharpness: 1 },
  ],
});

/** `good` with the value at a path replaced; `undefined` removes it. */
function change(path: string, value: unknown): Json {
  const manifest = good();
  const keys = path.split('.');
  const last = keys.pop()!;
  const holder = keys.reduce((at, key) => at[key] as Json, manifest);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return manifest;
}

function complaint(json: unknown): string {
  try {
    parseManifest(json);
  } catch (error) {
    if (error instanceof TokenscopeError && error.code === 'manifest-invalid')
      return (error.parameters as { reason: string }).reason;
    throw error;
  }
  return '';
}

test('a whole manifest passes and comes back as it was', () => expect(parseManifest(good())).toEqual(good()));

test.each<[string, unknown, string]>([
  ['manifest', 2, 'manifest must be 1'],
  ['manifest', undefined, 'manifest is missing'],
  ['id', 'Tiny Model', 'id must be 2 to 61 small letters, digits and hyphens'],
  ['title', 7, 'title must be text'],
  ['medium', 'sound', 'medium must be image or video'],
  ['colour', 1, 'colour is not a known field'],
  ['constructor', 1, 'constructor is not a known field'],
  ['quantizer', [], 'quantizer must be an object'],
  ['quantizer.kind', 'rvq', 'quantizer.kind must be vq, fsq, lfq or in-graph'],
  ['quantizer.codebookSize', 1, 'quantizer.codebookSize must be at least 2'],
  ['quantizer.codebookSize', 4.5, 'quantizer.codebookSize must be a whole number'],
  ['quantizer.codebookSize', undefined, 'quantizer.codebookSize is missing'],
  ['quantizer.normalizeEntries', 'yes', 'quantizer.normalizeEntries must be true or false'],
  ['quantizer.score', 'l1', 'quantizer.score must be l2, cosine, dot or projection'],
  ['quantizer.score', 'projection', 'scores is missing'],
  ['quantizer', { kind: 'fsq' }, 'quantizer.levels is missing'],
  ['quantizer', { kind: 'fsq', levels: [8, 'x'] }, 'quantizer.levels[1] must be a whole number'],
  ['quantizer', { kind: 'lfq' }, 'quantizer.bits is missing'],
  ['quantizer', { kind: 'in-graph', codebookSize: 4 }, 'graphs.encoder.carries must be tokens for this quantizer.kind'],
  ['size.reduction', 0, 'size.reduction must be at least 1'],
  ['size.preferred', [8], 'size.preferred must have 2 items'],
  ['size.preferred.1', null, 'size.preferred[1] must be a whole number'],
  ['size.maximum', 1, 'size.maximum must not be under the minimum'],
  ['size', { reduction: 8, multipleOf: 8, fixed: true }, 'size.preferred is missing although size.fixed is true'],
  ['pixels.range', [1, 1], 'pixels.range must not be empty'],
  ['pixels.outputRange', [0, Number.POSITIVE_INFINITY], 'pixels.outputRange[1] must be a number'],
  ['pixels.std', [1, 0, 1], 'pixels.std must not contain 0'],
  ['pixels.channels', 'yuv', 'pixels.channels must be rgb or bgr'],
  ['graphs.decoder', undefined, 'graphs.decoder is missing'],
  ['graphs.encoder.layout', 'HWC', 'graphs.encoder.layout must be NCHW, NHWC, NHWC4, NCTHW, NTHWC, TCHW or NTHWC4'],
  ['graphs.encoder.file', 'other.onnx', 'graphs.encoder.file is not among files: other.onnx'],
  ['graphs.encoder.direct', 'other.onnx', 'graphs.encoder.direct is not among files: other.onnx'],
  ['graphs.encoder.file', '../e.onnx', 'graphs.encoder.file must be a file name without folders'],
  ['graphs.decoder.carries', 'tokens', 'graphs.decoder.carries must be latents for this quantizer.kind'],
  ['codebook', undefined, 'codebook is missing'],
  ['codebook.file', 'x', 'codebook.file is not among files: x'],
  ['check.file', 'x', 'check.file is not among files: x'],
  ['check.tokens', undefined, 'check.tokens is missing'],
  ['files', {}, 'files must be a list'],
  ['files.0.bytes', -1, 'files[0].bytes must be at least 1'],
  ['files.0.sha256', 'ABC', 'files[0].sha256 must be 64 hexadecimal digits'],
  ['files.1.name', 'a/b', 'files[1].name must be a file name without folders'],
  ['recorded.0.grid', [4, 0], 'recorded[0].grid[1] must be at least 1'],
  ['source', {}, 'source.licence is missing'],
  ['figures.0.psnr', '20', 'figures[0].psnr must be a number'],
  ['atlas.cell', 0, 'atlas.cell must be at least 1'],
])('%s = %j', (path, value, reason) => expect(complaint(change(path, value))).toBe(reason));

test.each([[null], ['text'], [[]], [3]])('%j is not a manifest', (json) =>
  expect(complaint(json)).toBe('the file must be an object'),
);

describe('agrees with models/manifest.schema.json', () => {
  const schema = JSON.parse(readFileSync('models/manifest.schema.json', 'utf8')) as Json;

  /** Every field the schema knows, as [path, required, schema]. */
  function* fields(at: Json, path: string): Generator<[string, boolean]> {
    for (const [key, child] of Object.entries((at.properties ?? {}) as Record<string, Json>)) {
      const here = path ? `${path}.${key}` : key;
      yield [here, ((at.required ?? []) as string[]).includes(key)];
      const resolved = child.$ref ? ((schema.$defs as Json).graph as Json) : child;
      yield* fields((resolved.items ?? resolved) as Json, resolved.items ? `${here}.0` : here);
    }
  }

  const known = [...fields(schema, '')];
  test('the schema was read', () => expect(known.length).toBeGreaterThan(60));

  test.each(known)('%s (required: %s)', (path, required) => {
    const missing = ['graphs.discriminator', 'scores', 'size.frames'].some((skip) => path.startsWith(skip));
    if (missing) return;
    const named = path.replace(/\.0(?=\.|$)/g, '[0]');
    if (required) expect(complaint(change(path, undefined))).toBe(`${named} is missing`);
    const wrong = complaint(change(path, Symbol('no JSON value')));
    expect(wrong).toContain(named);
    expect(wrong).not.toContain('is not a known field');
  });
});

test('never fails in another way, whatever the JSON', () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => void complaint(json)));
  const paths = ['quantizer', 'size', 'pixels', 'graphs.encoder', 'files.0', 'check', 'recorded', 'figures.0', 'source'];
  fc.assert(fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, json) => void complaint(change(path, json))));
});
