import type { ClipWindow } from '../core/clip.ts';
import type { Framing, Size } from '../core/framing.ts';
import { cellIndex, latentVector, type TokenGrid } from '../core/token-grid.ts';
import type { Engine } from '../engine/protocol.ts';
import type { OpenedClip } from '../media/clips/opened-clip.ts';
import type { Actions } from './actions.ts';
import { attempt, quietly } from './attempt.ts';
import type { Parts } from './parts.ts';
import { checkTokens } from './run.ts';
import { selfTest } from './self-test.ts';
import { findSlot } from './slots.ts';
import type { Slot } from './store.ts';

type Questions =
  | 'wantEntryPictures'
  | 'distances'
  | 'neighbours'
  | 'bench'
  | 'decode'
  | 'decodeFrames'
  | 'previewSource'
  | 'selfTest';

const BENCH_RUNS = 10;

/** Verbs that ask the engine without changing any input. */
export function questionActions(parts: Parts): Pick<Actions, Questions> {
  const { store, engine, exclusive, wantEntryPictures } = parts;
  const ready = (key: number): Slot | undefined => {
    const slot = findSlot(store.getState(), key);
    return slot?.model && slot.phase === 'ready' ? slot : undefined;
  };
  const active = () => store.getState().slots.find((slot) => slot.model && slot.phase === 'ready');

  const decodeFrames = (grid: TokenGrid) =>
    attempt(store, async () => {
      const model = active()?.model;
      if (!model) return undefined;
      checkTokens(grid, model.codebookSize);
      const decoded = await exclusive(() => engine.decode(model.id, grid, new AbortController().signal));
      return decoded.frames;
    });

  return {
    wantEntryPictures,
    async distances(key, cell) {
      const { model, result } = ready(key) ?? {};
      // A recorded result has the entries themselves for latents: their distances would be lies.
      if (!model || !result?.latents || result.recorded || result.of.model !== model.id) return undefined;
      const latent = latentVector(result.latents, cellIndex(result.grid.shape, cell));
      return quietly(store, () => engine.distances(model.id, latent));
    },
    async neighbours(key, entry, count) {
      const model = ready(key)?.model;
      return model && quietly(store, () => engine.neighbours(model.id, entry, count));
    },
    bench: (runs = BENCH_RUNS) =>
      attempt(store, async () => {
        const model = active()?.model;
        const { source, framing } = store.getState();
        const picture = source && (await parts.pictures.idOf(source.key));
        if (!model || picture === undefined) return undefined;
        return exclusive(() => engine.bench(model.id, picture, framing, runs, new AbortController().signal));
      }),
    decode: async (grid) => (await decodeFrames(grid))?.[0],
    decodeFrames,
    previewSource: (side) =>
      quietly(store, async () => {
        const { source, framing } = store.getState();
        if (!source?.width || !source.height) return undefined;
        const scale = Math.min(1, side / Math.max(source.width, source.height));
        const pixels = (length: number) => Math.max(1, Math.round(length * scale));
        const size = { width: pixels(source.width), height: pixels(source.height) };
        const whole = { ...framing, fit: 'stretch' } as const;
        const clip = parts.clips.clipOf(source.key);
        if (clip && source.clip) return firstFrame(engine, clip, source.clip.window, whole, size);
        const picture = await parts.pictures.idOf(source.key);
        return picture === undefined ? undefined : engine.framePicture(picture, whole, size);
      }),
    selfTest: (onStep) => attempt(store, () => selfTest(parts, onStep)),
  };
}

/** The frame that a piece of a clip begins with. */
async function firstFrame(engine: Engine, clip: OpenedClip, { start, rate }: ClipWindow, framing: Framing, size: Size) {
  const window = { start, rate, duration: 1 / rate };
  for await (const { bitmap } of clip.read(window, { maximumSide: Math.max(size.height, size.width) })) {
    return (await engine.frameOnce(bitmap, framing, [size]))[0];
  }
  return undefined;
}
