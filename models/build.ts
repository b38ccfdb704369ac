import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConvertedModel } from '../src/convert/architecture.ts';
import { convertCheckpoint } from '../src/convert/architectures/index.ts';
import { readSafetensors, type TensorToWrite, writeSafetensors } from '../src/convert/containers/safetensors.ts';
import { readValues, type StoredTensors } from '../src/convert/tensors.ts';
import { floatsToHalves } from '../src/core/half.ts';
import type { Manifest, ModelFile } from '../src/core/manifest.ts';
import { parseManifest } from '../src/core/parse-manifest.ts';
import { describeSource, SHEET, type Training, writeCard } from './card.ts';
import { type CriticSettings, discriminatorFacts, drawDiscriminator } from './discriminator.ts';
import { buildToy } from './toy.ts';

const MODELS = import.meta.dirname;
const TRAINED = join(MODELS, 'recipes/out');
const FULL_CHECKS = join(MODELS, '../test/fixtures/full-size');

/** The kinds of network that models/recipes trains, by the first word of a model's id. */
const kinds: Readonly<Record<string, { readonly title: string; readonly paper: string }>> = {
  vqvae: { title: 'VQ-VAE', paper: 'arXiv 1711.00937' },
  vqgan: { title: 'VQGAN', paper: 'arXiv 2012.09841' },
  magvit: { title: 'MAGVIT', paper: 'arXiv 2212.05199' },
  magvit2: { title: 'MAGVIT-v2', paper: 'arXiv 2310.05737' },
};

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

interface Built {
  readonly manifest: Omit<Manifest, 'manifest' | 'id' | 'files'>;
  readonly files: Files;
  card(manifest: Manifest): string;
}

/** `npm run models -- build <id>…`: from what training left in models/recipes/out to models/<id>. */
export async function main(argv: readonly string[]): Promise<number> {
  const [verb, ...ids] = argv;
  if (verb !== 'build' || ids.length === 0) {
    process.stderr.write('models: build <id>… (ids: toy, or folders of models/recipes/out)\n');
    return 1;
  }
  for (const id of ids) {
    const { files } = await buildModel(id, join(MODELS, id));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    process.stdout.write(`${id}: ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB\n`);
  }
  return 0;
}

/**
 * Writes a model folder, by the same conversion that a visitor's checkpoint goes through. What was recorded with the model
 * (results, entry pictures, figures) is kept as long as weights and codebook are the same bytes.
 */
export async function buildModel(id: string, folder: string): Promise<Manifest> {
  const built = id === 'toy' ? fromToy() : await fromTraining(id);
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of built.files) writeFileSync(join(folder, name), bytes);
  const files = [...built.files].map(([name, bytes]) => describeFile(name, bytes));
  const manifest = parseManifest(keepRecorded(folder, { manifest: 1, id, ...built.manifest, files }));
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'card.md'), built.card(manifest));
  const sheet = join(TRAINED, id, SHEET);
  if (existsSync(sheet)) copyFileSync(sheet, join(folder, SHEET));
  return manifest;
}

function fromToy(): Built {
  const { manifest, files, card } = buildToy();
  return { manifest, files, card: () => card };
}

async function fromTraining(id: string): Promise<Built> {
  const kind = kinds[id.split('-')[0]!];
  if (!kind) throw new Error(`models: ${id} begins with none of ${Object.keys(kinds).join(', ')}`);
  const folder = join(TRAINED, id);
  if (!existsSync(folder)) throw new Error(`models: ${folder} is not there; train it first (models/recipes/README.md)`);
  const training = readJson(join(folder, 'training.json')) as Training;
  const model = await convertTrained(folder);
  const critic = await readDiscriminator(folder);
  const files = new Map([
    ...(await readAll(model.files)),
    ...(critic ? [[discriminatorFacts.file, critic] as const] : []),
    ['check.safetensors', readBytes(join(folder, 'check.safetensors'))],
  ]);
  await keepFullCheck(id, join(folder, 'check-full.safetensors'));
  // Said of what a visitor opens; these were never published in another form.
  const { conversion: _, ...described } = model.manifest;
  const { graphs } = described;
  return {
    manifest: {
      title: `${kind.title} ${describeModel(model.manifest)}`,
      ...described,
      graphs: { ...graphs, ...(critic && { discriminator: discriminatorFacts }) },
      check: {
        file: 'check.safetensors',
        input: 'input',
        tokens: 'tokens',
        reconstruction: 'reconstruction',
        tolerance: 0.002,
      },
      source: describeSource(training, kind.paper),
    },
    files,
    card: (manifest) =>
      writeCard(
        manifest,
        training,
        [...files].reduce((sum, [name, { length }]) => (name === discriminatorFacts.file ? sum : sum + length), 0),
      ),
  };
}

/** f8, 1,024 entries; of clips 4 × 8 × 8, frames first; without a codebook, 12 bits. */
function describeModel({ quantizer, size }: ConvertedModel['manifest']): string {
  const { reduction, frames } = size;
  const cell = frames ? `${frames.reduction} × ${reduction} × ${reduction}` : `f${reduction}`;
  const { kind, bits, codebookSize } = quantizer;
  return `${cell}, ${kind === 'lfq' ? `${bits} bits` : `${codebookSize!.toLocaleString('en')} entries`}`;
}

async function readDiscriminator(folder: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = join(folder, 'discriminator.safetensors');
  if (!existsSync(file)) return undefined;
  return drawDiscriminator(readJson(join(folder, 'discriminator.json')) as CriticSettings, await readTensors(file));
}

async function convertTrained(folder: string) {
  const weights = await readTensors(join(folder, 'weights.safetensors'));
  const table = join(folder, 'codebook.safetensors');
  const codebook = existsSync(table) ? await readTensors(table) : [];
  const config = readJson(join(folder, 'network.json'));
  const checkpoint = { file: folder, tensors: new Map([...weights, ...codebook]), config };
  const model = await convertCheckpoint(checkpoint, { weights: 'half' });
  if (!model) throw new Error(`models: no architecture of src/convert recognises ${folder}`);
  return model;
}

async function readAll(files: ReadonlyMap<string, Blob>): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const read = [...files].map(async ([name, blob]) => [name, new Uint8Array(await blob.arrayBuffer())] as const);
  return new Map(await Promise.all(read));
}

/** The check at full size belongs to the tests: there, with 8-bit input and a reconstruction in half precision. */
async function keepFullCheck(id: string, file: string): Promise<void> {
  if (!existsSync(file)) return;
  const tensors = await readTensors(file);
  const input = await readFloats(tensors, 'input_full');
  const bytes = Uint8Array.from(input, (value) => Math.round((value + 1) * 127.5));
  if (input.some((value, i) => Math.abs(bytes[i]! / 127.5 - 1 - value) > 1e-6)) throw new Error(`models: ${file} is not 8-bit`);
  const shape = (name: string) => tensors.get(name)!.shape;
  const reconstruction = floatsToHalves(await readFloats(tensors, 'reconstruction_full'));
  const tokens = Int32Array.from((await readValues(tensors.get('tokens_full')!))!);
  const compact = new Map<string, TensorToWrite>([
    ['tokens', { dtype: 'I32', shape: shape('tokens_full'), data: tokens }],
    ['reconstruction', { dtype: 'F16', shape: shape('reconstruction_full'), data: reconstruction }],
    ['input', { dtype: 'U8', shape: shape('input_full'), data: bytes }],
  ]);
  mkdirSync(FULL_CHECKS, { recursive: true });
  writeFileSync(join(FULL_CHECKS, `${id}.safetensors`), writeSafetensors(compact).bytes);
}

/** The fresh manifest with what the one before it had recorded, or without, and then its pictures go too. */
function keepRecorded(folder: string, fresh: Manifest): Manifest {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) return fresh;
  const before = parseManifest(readJson(file), file);
  const hash = ({ files }: Manifest, name: string) => files.find((each) => each.name === name)?.sha256;
  const same = ['weights.safetensors', 'codebook.safetensors'].every((name) => hash(before, name) === hash(fresh, name));
  const { recorded, atlas, figures, files } = before;
  if (!same) {
    const pictures = [atlas?.file, ...(recorded ?? []).map(({ reconstruction }) => reconstruction)];
    for (const name of pictures) if (name) rmSync(join(folder, name), { force: true });
    return fresh;
  }
  const others = files.filter(({ name }) => !fresh.files.some((each) => each.name === name));
  const kept = { ...(recorded && { recorded }), ...(atlas && { atlas }), ...(figures && { figures }) };
  return { ...fresh, ...kept, files: [...fresh.files, ...others] };
}

function describeFile(name: string, bytes: Uint8Array): ModelFile {
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function readBytes(file: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(file));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function readTensors(file: string): Promise<StoredTensors> {
  return readSafetensors(new Blob([readBytes(file)]), file);
}

async function readFloats(tensors: StoredTensors, name: string): Promise<Float32Array> {
  const tensor = tensors.get(name);
  const values = tensor && (await readValues(tensor));
  if (!(values instanceof Float32Array)) throw new Error(`models: no tensor ${name}`);
  return values;
}
