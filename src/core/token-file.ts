import { type TokenFileFault, TokenscopeError } from './errors.ts';
import { isNpy, readNpy, writeNpy } from './npy.ts';
import { cellCount, type GridShape, type TokenGrid } from './token-grid.ts';

/** Tokens as a file holds them; `model` and `codebookSize` where it says so. */
export interface TokenFile {
  readonly grid: TokenGrid;
  readonly model?: string;
  readonly codebookSize?: number;
}

/** More than any grid here has, and little enough not to harm the page. */
const MOST_TOKENS = 2 ** 24;
const LARGEST_TOKEN = 2 ** 31 - 1;

/** Our own format: one JSON object with model, shape t × h × w, codebook size and tokens in raster order. */
export function tokenJson({ shape, tokens }: TokenGrid, model: string, codebookSize: number): string {
  const { t, h, w } = shape;
  return JSON.stringify({ tokenscope: 1, model, shape: [t, h, w], codebookSize, tokens: [...tokens] });
}

/** int32, t × h × w. */
export function tokenNpy({ shape, tokens }: TokenGrid): Uint8Array<ArrayBuffer> {
  return writeNpy(tokens, [shape.t, shape.h, shape.w]);
}

/** A line for each row of the grid; an empty line between planes. Rows of one number lose their shape. */
export function tokenCsv({ shape, tokens }: TokenGrid): string {
  const rows = Array.from({ length: shape.t * shape.h }, (_, row) =>
    tokens
      .subarray(row * shape.w, (row + 1) * shape.w)
      .join(',')
      .concat((row + 1) % shape.h === 0 ? '\n' : ''),
  );
  return `${rows.join('\n').trimEnd()}\n`;
}

/** Whether a file begins like one that `readTokenFile` reads: .npy, JSON, or digits with separators. */
export function looksLikeTokens(head: Uint8Array): boolean {
  if (isNpy(head)) return true;
  const text = new TextDecoder()
    .decode(head.subarray(0, 256))
    .replace(/^\uFEFF/, '')
    .trimStart();
  return /^\{\s*"/.test(text) || /^[[(\s]*\d[\d\s,;[\]().|\t-]*$/.test(text);
}

/**
 * Reads .npy (h × w, t × h × w, and 1 × t × h × w of whole numbers), our .json, .csv rows or plain numbers, by content.
 * `expected` is the shape taken for numbers that have none and are no square. Throws `npy-invalid` and `tokens-*`.
 */
export function readTokenFile(bytes: Uint8Array, file: string, expected?: GridShape): TokenFile {
  if (!isNpy(bytes)) return readTokenText(new TextDecoder().decode(bytes), file, expected);
  const { data, shape } = readNpy(bytes, file);
  return { grid: shape.length > 1 ? makeGrid(data, shape, file) : guessGrid(data, file, expected) };
}

/** The same for text: our JSON, a printed array, rows of numbers, or numbers separated by anything. */
export function readTokenText(text: string, file: string, expected?: GridShape): TokenFile {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  return trimmed.startsWith('{') ? readJson(trimmed, file, expected) : { grid: readNumbers(trimmed, file, expected) };
}

function refuse(file: string, reason: TokenFileFault): never {
  throw new TokenscopeError('tokens-invalid', { file, reason });
}

function readJson(text: string, file: string, expected?: GridShape): TokenFile {
  const { tokens, shape, model, codebookSize } = parseObject(text, file);
  if (!Array.isArray(tokens)) refuse(file, 'not-tokens');
  const grid = isShape(shape)
    ? makeGrid(numbers(JSON.stringify(tokens), file), shape, file)
    : readNumbers(JSON.stringify(tokens), file, expected);
  if (codebookSize !== undefined) checkRange(grid, codebookSize, file);
  return {
    grid,
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof codebookSize === 'number' ? { codebookSize } : {}),
  };
}

function parseObject(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return refuse(file, 'json');
  }
}

function isShape(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape) && shape.length > 1 && shape.every((side) => Number.isSafeInteger(side));
}

function checkRange({ tokens }: TokenGrid, size: unknown, file: string): void {
  if (!Number.isSafeInteger(size) || (size as number) < 1) refuse(file, 'codebook-size');
  const token = tokens.find((each) => each >= (size as number));
  if (token !== undefined) throw new TokenscopeError('tokens-range', { token, size: size as number });
}

/** Rows are lines or innermost brackets; planes are apart by an empty line or an outer bracket. */
function readNumbers(text: string, file: string, expected?: GridShape): TokenGrid {
  const bracketed = text.includes('[');
  const inner = bracketed ? text.slice(text.indexOf('['), text.lastIndexOf(']') + 1) || text : text;
  const values = numbers(inner, file);
  const planes = inner
    .split(bracketed ? /\][\s,]*\]/ : /\n\s*\n/)
    .map((plane) =>
      plane
        .split(bracketed ? ']' : '\n')
        .map(countNumbers)
        .filter((count) => count > 0),
    )
    .filter((rows) => rows.length > 0);
  const [h, w] = [planes[0]!.length, planes[0]![0]!];
  const regular = w > 1 && planes.every((rows) => rows.length === h && rows.every((count) => count === w));
  return regular && h * planes.length > 1 ? makeGrid(values, [planes.length, h, w], file) : guessGrid(values, file, expected);
}

/** Not the digits of names such as int32 or 0x1f. */
const NUMBER = /(?<![\w.])-?\d+(?:\.\d*)?(?:e[-+]?\d+)?(?!\w)/gi;

function countNumbers(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(NUMBER)) count++;
  return count;
}

function numbers(text: string, file: string): number[] {
  const values: number[] = [];
  for (const [match] of text.matchAll(NUMBER)) {
    values.push(Number(match));
    if (values.length > MOST_TOKENS) refuse(file, 'too-many');
  }
  if (values.length === 0) refuse(file, 'no-numbers');
  return values;
}

/** `shape` is h × w, t × h × w or 1 × t × h × w. */
function makeGrid(values: ArrayLike<number>, shape: readonly number[], file: string): TokenGrid {
  const sides = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const [w = 0, h = 0, t = 1] = [...sides].reverse();
  const fits = sides.length <= 3 && Math.min(t, h, w) > 0 && t * h * w === values.length;
  if (values.length === 0) refuse(file, 'no-numbers');
  if (!fits) throw new TokenscopeError('tokens-shape', { count: values.length, reason: shape.join(' × ') });
  return { shape: { t, h, w }, tokens: toTokens(values, file) };
}

function guessGrid(values: ArrayLike<number>, file: string, expected?: GridShape): TokenGrid {
  const side = Math.sqrt(values.length);
  if (Number.isInteger(side)) return makeGrid(values, [side, side], file);
  if (expected && cellCount(expected) === values.length) return { shape: expected, tokens: toTokens(values, file) };
  throw new TokenscopeError('tokens-unshaped', { count: values.length });
}

function toTokens(values: ArrayLike<number>, file: string): Int32Array {
  if (values.length > MOST_TOKENS) refuse(file, 'too-many');
  const tokens = new Int32Array(values.length);
  for (let i = 0; i < tokens.length; i++) {
    const value = values[i]!;
    if (!(value >= 0 && value <= LARGEST_TOKEN && Number.isInteger(value))) refuse(file, 'not-whole');
    tokens[i] = value;
  }
  return tokens;
}
