import { asTokenscopeError, isAbort, TokenscopeError } from '../core/errors.ts';
import { tokenCounts } from '../core/token-grid.ts';
import type { Engine, OpenModel } from '../engine/protocol.ts';
import type { ReadPicture } from './kept-pictures.ts';
import { addCounts } from './run.ts';
import { changeSlot } from './slots.ts';
import type { State, Store, TrayRow } from './store.ts';

interface TrayParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly read: ReadPicture;
  readonly exclusive: <T>(task: () => Promise<T>) => Promise<T>;
  /** True when the engine was lost; the picture is then tried again once it is back. */
  readonly onFailure: (error: unknown) => boolean;
  readonly whenBack: () => Promise<void>;
}

/** Many files: listed, and run as one set with the active model. */
export function keepTray(parts: TrayParts) {
  const { store } = parts;
  const files = new Map<number, File>();
  let nextKey = 1;
  let running = new AbortController();

  function change(run: Partial<NonNullable<State['tray']['run']>>): void {
    store.setState(({ tray }) => (tray.run ? { tray: { ...tray, run: { ...tray.run, ...run } } } : {}));
  }

  function stop(): void {
    running.abort();
    change({ running: false });
  }

  return {
    add(more: readonly File[]): number | undefined {
      const first = nextKey;
      const items = more.map((file) => {
        const key = nextKey++;
        files.set(key, file);
        return { key, name: file.webkitRelativePath || file.name };
      });
      store.setState(({ tray }) => ({ tray: { ...tray, items: [...tray.items, ...items] } }));
      return items.length > 0 ? first : undefined;
    },
    fileOf: (key: number) => files.get(key),
    files: () => [...files.values()],
    remove(key: number): void {
      files.delete(key);
      store.setState(({ tray }) => ({ tray: { ...tray, items: tray.items.filter((item) => item.key !== key) } }));
    },
    clear(): void {
      stop();
      files.clear();
      store.setState({ tray: { items: [], run: undefined } });
    },
    stop,
    /** Throws `model-not-open` when no model is ready. */
    async run(): Promise<void> {
      stop();
      running = new AbortController();
      const { signal } = running;
      const { items } = store.getState().tray;
      const slot = store.getState().slots[0];
      if (!slot?.model) throw new TokenscopeError('model-not-open', { model: slot?.manifest.title ?? '' });
      const counts = new Uint32Array(slot.model.codebookSize);
      const rows: TrayRow[] = [];
      store.setState(({ tray }) => ({
        tray: { ...tray, run: { running: true, done: 0, total: items.length, rows, counts, model: slot.manifest } },
      }));
      for (const { key, name } of items) {
        if (signal.aborted) return;
        const file = files.get(key);
        if (!file) continue;
        rows.push(await runRow(parts, slot.key, { key, name, file }, counts, signal));
        if (signal.aborted) return;
        change({ done: rows.length, rows: [...rows], counts: counts.slice() });
      }
      change({ running: false });
    },
  };
}

interface Item {
  readonly key: number;
  readonly name: string;
  readonly file: File;
}

/** One picture of the set; its failure is its row's alone. Adds its tokens to `counts`. */
async function runRow(parts: TrayParts, slot: number, item: Item, counts: Uint32Array, signal: AbortSignal): Promise<TrayRow> {
  const { key, name } = item;
  const started = performance.now();
  const row = (rest: Partial<TrayRow>): TrayRow => ({
    key,
    name,
    measures: undefined,
    error: undefined,
    seconds: (performance.now() - started) / 1000,
    ...rest,
  });
  for (let attempts = 0; ; attempts++) {
    try {
      return row({ measures: await measureItem(parts, slot, item, counts, signal) });
    } catch (error) {
      if (signal.aborted || isAbort(error)) return row({});
      if (attempts > 0 || !parts.onFailure(error)) return row({ error: asTokenscopeError(error) });
      await parts.whenBack();
    }
  }
}

async function measureItem(parts: TrayParts, slotKey: number, item: Item, counts: Uint32Array, signal: AbortSignal) {
  const { store, engine, read } = parts;
  const opened = await read(item.file, item.name);
  if (opened.kind === 'clip') opened.clip.close();
  if (opened.kind !== 'picture') throw new TokenscopeError('media-unsupported', { file: item.name, format: opened.kind });
  const picture = await engine.openPicture(opened.picture);
  try {
    return await parts.exclusive(async () => {
      signal.throwIfAborted();
      const { slots, framing } = store.getState();
      const model: OpenModel | undefined = slots.find((slot) => slot.key === slotKey)?.model;
      if (!model) throw new TokenscopeError('model-not-open', { model: '' });
      const { source, grid } = await engine.encode(model.id, picture, framing, signal);
      const { reconstruction } = await engine.decode(model.id, grid, signal);
      const measures = await engine.measure(source, reconstruction, grid, model.codebookSize);
      const seen = tokenCounts(grid.tokens, model.codebookSize);
      for (let entry = 0; entry < counts.length; entry++) counts[entry]! += seen[entry]!;
      changeSlot(store, slotKey, (slot) => ({ visit: addCounts(slot.visit, seen) }));
      return measures;
    });
  } finally {
    engine.closePicture(picture).catch(() => {});
  }
}
