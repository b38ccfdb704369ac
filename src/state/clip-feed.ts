import { TokenscopeError } from '../core/errors.ts';
import type { Framing, Size } from '../core/framing.ts';
import { modelSize } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { Engine } from '../engine/protocol.ts';
import type { OpenedClip } from '../media/clips/opened-clip.ts';
import type { SourceClip, Store } from './store.ts';

/** The frames of the present clip as models of one size see them. It grows while the clip is read. */
export interface ClipFeed {
  readonly frames: readonly Picture[];
  /** Frames there will be, as far as is known. */
  count(): number;
  /** Resolves when so many frames are there, or all there are. Rejects when reading failed, or the signal aborts. */
  ready(count: number, signal: AbortSignal): Promise<void>;
}

/** The store hears of new frames this often, at most. Milliseconds. */
const TELL_EVERY = 200;
/** Frames are decoded no smaller than this, and than so many times what a model sees: the rest is the resampler's. */
const LEAST_SIDE = 1024;
const ABOVE_MODEL = 4;

interface Reading {
  readonly key: number;
  readonly framing: Framing;
  readonly clip: SourceClip;
  readonly controller: AbortController;
  readonly feeds: Map<string, GrowingFeed>;
}

interface GrowingFeed extends ClipFeed {
  readonly size: Size;
  readonly failed: boolean;
  add(picture: Picture): void;
  end(error?: unknown): void;
}

/**
 * The present clip, which is too big and too alive for the store: its file, and its frames at the sizes of the open models.
 * Frames are read when a model first wants them, once for all sizes known by then.
 */
export function keepClips(store: Store, engine: Engine) {
  let open: { key: number; clip: OpenedClip } | undefined;
  let reading: Reading | undefined;

  function stopReading(): void {
    reading?.controller.abort();
    reading = undefined;
  }

  function readingFor(key: number, framing: Framing, clip: SourceClip): Reading {
    if (reading?.key === key && reading.framing === framing) return reading;
    stopReading();
    reading = { key, framing, clip, controller: new AbortController(), feeds: new Map() };
    return reading;
  }

  /** Sizes that models, open or opening, want and that are not read yet. */
  function missingSizes({ feeds, framing }: Reading, wanted: Size): Size[] {
    const sizes = store
      .getState()
      .slots.flatMap(({ phase, manifest }) => (phase === 'failed' ? [] : modelSize(framing, manifest.size)));
    const byName = new Map([wanted, ...sizes].map((size) => [nameOf(size), size]));
    return [...byName].filter(([name]) => feeds.get(name)?.failed ?? true).map(([, size]) => size);
  }

  async function read(run: Reading, feeds: readonly GrowingFeed[], clip: OpenedClip): Promise<void> {
    const { signal } = run.controller;
    const teller = tellFrames(store, run.key);
    let last: { time: number; pictures: readonly Picture[] } | undefined;
    try {
      const options = { maximumSide: sideFor(run.framing, feeds) };
      for await (const { bitmap, time } of clip.read(run.clip.window, options, signal)) {
        signal.throwIfAborted();
        if (last?.time === time) bitmap.close();
        else
          last = {
            time,
            pictures: await engine.frameOnce(
              bitmap,
              run.framing,
              feeds.map(({ size }) => size),
            ),
          };
        for (const [i, feed] of feeds.entries()) feed.add(last.pictures[i]!);
        teller.add(time);
      }
      teller.end();
      for (const feed of feeds) feed.end();
    } catch (error) {
      // What was read before a damaged place is a clip too; the damage is told.
      const rest = feeds[0]!.frames.length > 0 && isOfFile(error);
      if (rest) {
        teller.end();
        store.setState({ error });
      }
      for (const feed of feeds) feed.end(rest ? undefined : error);
    }
  }

  return {
    /** Takes a clip over under the key of its source; the one before is closed. The same clip may get another key. */
    keep(key: number, clip: OpenedClip): void {
      stopReading();
      if (open && open.clip !== clip) open.clip.close();
      open = { key, clip };
    },
    /** The opened clip of a source, if it is the present one. */
    clipOf: (key: number) => (open?.key === key ? open.clip : undefined),
    /** The frames at the size of a model; undefined when that source is not the present one any more. */
    feed(key: number, framing: Framing, size: Size): ClipFeed | undefined {
      const { source } = store.getState();
      if (open?.key !== key || source?.key !== key || !source.clip) return undefined;
      const run = readingFor(key, framing, source.clip);
      const missing = missingSizes(run, size);
      if (missing.some((other) => nameOf(other) === nameOf(size))) {
        const feeds = missing.map((other) => growingFeed(other, () => expectedFrames(store, key)));
        for (const feed of feeds) run.feeds.set(nameOf(feed.size), feed);
        void read(run, feeds, open.clip);
      }
      return run.feeds.get(nameOf(size))!;
    },
    clear(): void {
      stopReading();
      open?.clip.close();
      open = undefined;
    },
  };
}

export type KeptClips = ReturnType<typeof keepClips>;

/** A failure of the file, not of the engine. */
function isOfFile(error: unknown): error is TokenscopeError {
  return error instanceof TokenscopeError && /^(clip|media)-/.test(error.code);
}

function nameOf({ height, width }: Size): string {
  return `${height}x${width}`;
}

function expectedFrames(store: Store, key: number): number {
  const { source } = store.getState();
  return source?.key === key ? (source.clip?.frames ?? 0) : 0;
}

/** How large frames have to come for models of these sizes; a crop needs more of the whole. */
function sideFor({ fit, crop }: Framing, feeds: readonly GrowingFeed[]): number {
  const largest = Math.max(...feeds.map(({ size }) => Math.max(size.height, size.width)));
  const share = fit === 'crop' ? Math.max(0.05, Math.min(crop.width, crop.height)) : 1;
  return Math.ceil(Math.max(LEAST_SIDE, ABOVE_MODEL * largest) / share);
}

function growingFeed(size: Size, expected: () => number): GrowingFeed {
  const frames: Picture[] = [];
  let state: 'reading' | 'complete' | { readonly error: unknown } = 'reading';
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const look of waiting.splice(0)) look();
  };
  return {
    size,
    frames,
    get failed() {
      return typeof state === 'object';
    },
    count: () => (state === 'complete' ? frames.length : Math.max(frames.length, expected())),
    add(picture) {
      frames.push(picture);
      wake();
    },
    end(error) {
      state = error === undefined ? 'complete' : { error };
      wake();
    },
    async ready(count, signal) {
      for (;;) {
        signal.throwIfAborted();
        if (frames.length >= count || state === 'complete') return;
        if (typeof state === 'object') throw state.error;
        await new Promise<void>((resolve) => {
          waiting.push(() => {
            signal.removeEventListener('abort', wake);
            resolve();
          });
          signal.addEventListener('abort', wake);
        });
      }
    },
  };
}

/** Writes into the source what was read of it: the first pass over it does. */
function tellFrames(store: Store, key: number) {
  const times: number[] = [];
  let told = 0;

  function tell(complete: boolean): void {
    told = performance.now();
    store.setState(({ source }) => {
      if (source?.key !== key || !source.clip || source.clip.complete) return {};
      const { frames } = source.clip;
      return {
        source: { ...source, clip: { ...source.clip, times: [...times], complete, frames: complete ? times.length : frames } },
      };
    });
  }

  return {
    add(time: number): void {
      times.push(time);
      if (performance.now() - told >= TELL_EVERY) tell(false);
    },
    end: () => tell(true),
  };
}
