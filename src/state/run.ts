import { TokenscopeError } from '../core/errors.ts';
import type { Framing } from '../core/framing.ts';
import { type TokenGrid, tokenCounts } from '../core/token-grid.ts';
import type { Engine, OpenModel, PictureId } from '../engine/protocol.ts';
import type { Result, Slot } from './store.ts';

/** What a run is made from. */
export interface RunInput {
  readonly source: number;
  readonly framing: Framing;
}

/** Refuses tokens a model has no entries for. Throws `tokens-range`, `tokens-shape`. */
export function checkTokens({ tokens, shape }: TokenGrid, codebookSize: number): void {
  if (tokens.length === 0 || tokens.length !== shape.t * shape.h * shape.w) {
    throw new TokenscopeError('tokens-shape', { count: tokens.length, reason: `${shape.t} × ${shape.h} × ${shape.w}` });
  }
  const token = tokens.find((value) => value < 0 || value >= codebookSize);
  if (token !== undefined) throw new TokenscopeError('tokens-range', { token, size: codebookSize });
}

/** Picture → latents, tokens and reconstruction: a whole result, so that its parts always belong together. */
export async function runPicture(
  engine: Engine,
  model: OpenModel,
  picture: PictureId,
  input: RunInput,
  signal: AbortSignal,
  onDecoding: () => void,
): Promise<Result> {
  const encoded = await engine.encode(model.id, picture, input.framing, signal);
  signal.throwIfAborted();
  onDecoding();
  const decoded = await engine.decode(model.id, encoded.grid, signal);
  return {
    recorded: false,
    of: { ...input, model: model.id },
    source: encoded.source,
    grid: encoded.grid,
    counts: tokenCounts(encoded.grid.tokens, model.codebookSize),
    latents: encoded.latents,
    nearest: encoded.nearest,
    reconstruction: { picture: decoded.reconstruction, of: encoded.grid },
    measures: undefined,
    timings: { ...encoded.timings, decodeMs: decoded.timings.decodeMs },
  };
}

/** Tokens → reconstruction, for token files: there is no picture to compare with. */
export async function runTokens(
  engine: Engine,
  model: OpenModel,
  grid: TokenGrid,
  input: RunInput,
  signal: AbortSignal,
): Promise<Result> {
  checkTokens(grid, model.codebookSize);
  const decoded = await engine.decode(model.id, grid, signal);
  return {
    recorded: false,
    of: { ...input, model: model.id },
    source: undefined,
    grid,
    counts: tokenCounts(grid.tokens, model.codebookSize),
    latents: undefined,
    nearest: undefined,
    reconstruction: { picture: decoded.reconstruction, of: grid },
    measures: undefined,
    timings: undefined,
  };
}

/** Tokens of one more source, added to those of the visit. */
export function addCounts(visit: Slot['visit'], counts: Uint32Array): Slot['visit'] {
  const sum = new Uint32Array(counts.length);
  for (let i = 0; i < sum.length; i++) sum[i] = counts[i]! + (visit.counts[i] ?? 0);
  return { counts: sum, pictures: visit.pictures + 1 };
}
