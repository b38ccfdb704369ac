import { type ClipWindow, tickCount, tickTime } from '../../src/core/clip.ts';
import { TokenscopeError } from '../../src/core/errors.ts';
import type { Picture } from '../../src/core/picture.ts';
import { packTokens } from '../../src/core/token-bits.ts';
import type { TokenGrid } from '../../src/core/token-grid.ts';
import type { CatalogModel, Engine } from '../../src/engine/protocol.ts';
import type { OpenedClip } from '../../src/media/clips/opened-clip.ts';
import { createPlayground } from '../../src/state/playground.ts';
import type { Surroundings } from '../../src/state/surroundings.ts';
import { fakeCatalog, fakeEngine, fakeHost } from '../fake-engine.ts';

/** A picture of one grey, or of a ramp, named by what it is. */
export function grey(value: number, side = 32): Picture {
  const data = new Uint8ClampedArray(side * side * 4).fill(value);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { data, height: side, width: side };
}

/** A file whose text says what it holds: `grey 120`, `tokens 1 2 3 4`, or something unreadable. */
export function file(text: string, name = `${text.replaceAll(' ', '-')}.png`): File {
  return new File([text], name);
}

/** A clip of greys, one for each frame; `rate` frames a second. */
export function fakeClip(name: string, greys: readonly number[], rate = 10): OpenedClip & { closed: boolean } {
  const frame = (i: number) => Object.assign(grey(greys[i]!), { close: () => {} }) as unknown as ImageBitmap;
  const duration = greys.length / rate;
  const facts = {
    ...{ width: 32, height: 32, duration, rate, frames: greys.length, exact: true, codec: 'grey', container: 'test' },
  };
  const clip = {
    ...{ name, facts, remarks: [], closed: false },
    async *read(window: ClipWindow, _: unknown, signal?: AbortSignal) {
      for (let tick = 0; tick < tickCount(window); tick++) {
        signal?.throwIfAborted();
        const i = Math.floor(tickTime(window, tick) * rate + 1e-6);
        if (i >= greys.length) return;
        yield { tick, time: i / rate, bitmap: frame(i) };
      }
    },
    async *thumbnails(count: number) {
      for (let tick = 0; tick < count; tick++) {
        const i = Math.floor((tick * greys.length) / count);
        yield { tick, time: i / rate, bitmap: frame(i) };
      }
    },
    close() {
      clip.closed = true;
    },
  };
  return clip;
}

function readTokens(text: string): TokenGrid {
  const tokens = Int32Array.from(text.match(/\d+/g) ?? [], Number);
  const side = Math.sqrt(tokens.length);
  if (!Number.isInteger(side) || side === 0) {
    throw new TokenscopeError('tokens-shape', { count: tokens.length, reason: 'no square' });
  }
  return { tokens, shape: { t: 1, h: side, w: side } };
}

/** The fake catalog with a recorded result of the sample `one` in its first model: 2 × 2 tokens of 64 entries. */
export const recordedTokens = [1, 2, 3, 63];
function catalogWithGhost(): CatalogModel[] {
  return fakeCatalog.map((model, i) => ({
    ...model,
    files: { ...model.files, 'recorded-one.webp': 'recorded' },
    manifest: {
      ...model.manifest,
      ...(i === 0
        ? {
            recorded: [
              { sample: 'one', grid: [32, 32], tokens: packTokens(ghostTokens(), 64), reconstruction: 'recorded-one.webp' },
            ],
          }
        : {}),
    },
  }));
}

function ghostTokens(): number[] {
  return Array.from({ length: 1024 }, (_, i) => recordedTokens[i % 4]!);
}

export const surroundings: Surroundings = {
  catalog: catalogWithGhost(),
  samples: [
    { id: 'one', file: 'grey 100', thumbnail: '', side: 32, credit: '' },
    { id: 'two', file: 'grey 200', thumbnail: '', side: 32, credit: '' },
    {
      id: 'film',
      kind: 'clip',
      file: `clip ${Array.from({ length: 22 }, (_, i) => i * 10).join(' ')}`,
      thumbnail: '',
      side: 32,
      credit: '',
    },
  ],
  async readFile(blob, name) {
    const text = await blob.text();
    if (text.startsWith('tokens')) return { kind: 'tokens', grid: readTokens(text) };
    const clip = /^clip ([\d ]+)(?:@(\d+))?$/.exec(text);
    if (clip) return { kind: 'clip', clip: fakeClip(name, clip[1]!.trim().split(' ').map(Number), Number(clip[2] ?? 10)) };
    const value = /^grey (\d+)$/.exec(text)?.[1];
    if (!value) throw new TokenscopeError('media-unknown', { file: name });
    return { kind: 'picture', picture: grey(Number(value)), height: 32, width: 32, remarks: [] };
  },
  openSequence: async (files, name) =>
    fakeClip(name, await Promise.all(files.map(async (each) => Number(/^grey (\d+)$/.exec(await each.text())?.[1])))),
  fetchFile: async (address) => file(address),
  async *cameraFrames(signal) {
    for (let value = 10; value < 60 && !signal.aborted; value += 10) yield grey(value);
  },
  loadPicture: async (_, framed) => grey(1, framed?.size.width ?? 256),
  readEntries: async () => ({ codebook: new Float32Array(64 * 4), geometry: new Float32Array(64 * 3) }),
};

/** A playground on a fake engine; `before` delays or fails its calls. */
export function makePlayground(before?: (method: keyof Engine) => unknown, other: Partial<Surroundings> = {}) {
  const engine = fakeEngine(before);
  const host = fakeHost(engine);
  const { store, actions, start } = createPlayground(host, { ...surroundings, ...other });
  const count = (method: keyof Engine) => engine.calls.filter((call) => call === method).length;
  return { engine, host, store, actions, start, count, now: store.getState, surroundings };
}
