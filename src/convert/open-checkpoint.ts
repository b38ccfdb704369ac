import { TokenscopeError } from '../core/errors.ts';
import type { Checkpoint } from './architecture.ts';
import { type ByteSource, readBytes } from './byte-source.ts';
import { readFlax } from './containers/flax.ts';
import { type FileKind, recogniseFile } from './containers/recognise-file.ts';
import { readSafetensors } from './containers/safetensors.ts';
import type { Contents } from './containers/torch.ts';
import { readTorchLegacy } from './containers/torch-legacy.ts';
import { readTorchZip } from './containers/torch-zip.ts';
import { readYaml } from './containers/yaml.ts';
import { mergeTensors } from './merge-tensors.ts';

export interface CheckpointFile {
  readonly name: string;
  readonly source: ByteSource;
}

const readers: { readonly [kind: string]: (source: ByteSource) => Promise<Contents> } = {
  zip: readTorchZip,
  pickle: readTorchLegacy,
  flax: readFlax,
  safetensors: async (source) => ({ tensors: await readSafetensors(source, source.name) }),
};

const MOST_JSON = 64 * 2 ** 20;

interface Recognised extends CheckpointFile {
  readonly is: FileKind;
}

/**
 * Opens a published checkpoint: one file of weights or several (shards with their index, an encoder beside a decoder), with
 * config.json or a .yaml file where there is one. What each file is says its content, never its name. Only names, shapes and places are read; the names
 * are the file's own (`tidyNames` knows the prefixes).
 * Throws `checkpoint-…` errors, `model-corrupt` for broken safetensors files and `model-web-page`.
 */
export async function openCheckpoint(files: readonly CheckpointFile[]): Promise<Checkpoint> {
  const known = await Promise.all(files.map(async (file) => ({ ...file, is: await recogniseFile(file.source) })));
  const weights = known.filter(({ is }) => is.kind in readers);
  if (weights.length === 0) throw refuse(known);
  const notes = await readNotes(known);
  const shards = checkShards(notes, weights);
  const parts = await Promise.all(
    weights.map(async (file) => ({ file: file.name, contents: await readers[file.is.kind]!(file.source) })),
  );
  const tensors = await mergeTensors(parts.map(({ file, contents }) => ({ file, tensors: contents.tensors })));
  shards?.check(tensors);
  if (tensors.size === 0) throw new TokenscopeError('checkpoint-empty', { file: weights[0]!.name });
  const config = findConfig(notes);
  const carried = parts.find(({ contents }) => contents.carried !== undefined)?.contents.carried;
  return {
    file: shards?.file ?? weights[0]!.name,
    tensors,
    ...(config !== undefined && { config }),
    ...(carried !== undefined && { carried }),
  };
}

/** Why none of these files is a checkpoint. */
function refuse(files: readonly Recognised[]): TokenscopeError {
  const named =
    files.find(({ is }) => is.kind === 'format') ??
    files.find(({ is }) => is.kind === 'pointer' || is.kind === 'page') ??
    files[0];
  const file = named?.name ?? '';
  if (named?.is.kind === 'format') return new TokenscopeError('checkpoint-format', { file, format: named.is.format });
  if (named?.is.kind === 'pointer') return new TokenscopeError('checkpoint-pointer', { file });
  if (named?.is.kind === 'page') return new TokenscopeError('model-web-page', { file });
  return new TokenscopeError('checkpoint-unknown', { file });
}

/** A JSON or YAML file beside the weights. */
interface Note {
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
}

async function readNotes(files: readonly Recognised[]): Promise<readonly Note[]> {
  const small = files.filter(({ source }) => source.size <= MOST_JSON);
  const read = ({ is, name, source }: Recognised) => {
    if (is.kind === 'json') return readNote({ name, source });
    return is.kind === 'text' && YAML.test(name) ? readSettings({ name, source }) : undefined;
  };
  const notes = await Promise.all(small.map(read));
  return notes.filter((note) => note !== undefined);
}

async function readNote({ name, source }: CheckpointFile): Promise<Note | undefined> {
  const text = new TextDecoder().decode(await readBytes(source, 0, source.size));
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { file: name, value } : undefined;
  } catch (error) {
    if (!isConfig(name) && !name.endsWith('.index.json')) return undefined;
    throw new TokenscopeError('checkpoint-damaged', { file: name, reason: 'it is not JSON' }, { cause: error });
  }
}

/** Settings in YAML, which are hints alone: what cannot be read is left out. */
async function readSettings({ name, source }: CheckpointFile): Promise<Note | undefined> {
  const value = await readYaml(new TextDecoder().decode(await readBytes(source, 0, source.size)));
  return value && { file: name, value };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const lastPart = (path: string): string => path.split(/[/\\]/).at(-1)!;
const isConfig = (name: string): boolean => lastPart(name).toLowerCase() === 'config.json';
const YAML = /\.ya?ml$/i;

function findConfig(notes: readonly Note[]): unknown {
  const settings = notes.filter(({ value }) => !isRecord(value.weight_map));
  const [lone] = settings.length === 1 ? settings : settings.filter(({ file }) => YAML.test(file));
  return (settings.find(({ file }) => isConfig(file)) ?? lone)?.value;
}

interface Shards {
  /** The index, which speaks for all of them. */
  readonly file: string;
  /** Every tensor of the index must have been found. */
  check(tensors: ReadonlyMap<string, unknown>): void;
}

const NUMBERED = /-(\d{5})-of-(\d{5})(?=\.)/;

/** Throws `checkpoint-incomplete` when parts are not among the files. */
function checkShards(notes: readonly Note[], weights: readonly CheckpointFile[]): Shards | undefined {
  const given = new Set(weights.map(({ name }) => lastPart(name)));
  const index = notes.find(({ value }) => isRecord(value.weight_map));
  if (!index) {
    for (const { name } of weights) checkMissing(name, numberedParts(lastPart(name)), given);
    return undefined;
  }
  const places = index.value.weight_map as Readonly<Record<string, unknown>>;
  const wanted = new Set(
    Object.values(places).map((place) => (typeof place === 'string' ? lastPart(place) : badIndex(index.file))),
  );
  checkMissing(index.file, [...wanted], given);
  return {
    file: index.file,
    check(tensors) {
      const lost = Object.keys(places).find((name) => !tensors.has(name));
      if (lost !== undefined)
        throw new TokenscopeError('checkpoint-damaged', { file: index.file, reason: `none of its parts has the tensor ${lost}` });
    },
  };
}

function badIndex(file: string): never {
  throw new TokenscopeError('checkpoint-damaged', { file, reason: 'it names no files' });
}

/** `model-00001-of-00003.safetensors` says how many there are. */
function numberedParts(name: string): readonly string[] {
  const match = NUMBERED.exec(name);
  const count = Number(match?.[2] ?? 0);
  if (!match || count > 1000) return [];
  return Array.from({ length: count }, (_, i) => name.replace(NUMBERED, `-${String(i + 1).padStart(5, '0')}-of-${match[2]}`));
}

function checkMissing(file: string, wanted: readonly string[], given: ReadonlySet<string>): void {
  const missing = wanted.filter((name) => !given.has(name));
  if (missing.length > 0) throw new TokenscopeError('checkpoint-incomplete', { file, missing: missing.join(', ') });
}
