import { frameRuleOf, mostOverlap, type PlannedWindow, planeOfFrame, windowOfPlane } from '../core/clip-plan.ts';
import { DEFAULT_FRAMING, modelSize } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { Latents, TokenGrid } from '../core/token-grid.ts';
import type { Engine, OpenModel } from '../engine/protocol.ts';
import type { Remark } from '../media/opened-picture.ts';
import type { ClipFeed, KeptClips } from './clip-feed.ts';
import { framesAt, joinLatents, sliceAt } from './clip-slice.ts';
import { type GrowingClip, startClip, type WindowRun } from './growing-clip.ts';
import type { KeptPictures } from './kept-pictures.ts';
import { quantized } from './recorded.ts';
import { addCounts, checkTokens } from './run.ts';
import { changeSlot, findSlot } from './slots.ts';
import type { ClipResult, Result, Slot, State, Store } from './store.ts';

export interface ClipRunParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly clips: KeptClips;
  readonly pictures: KeptPictures;
  readonly exclusive: <T>(task: () => Promise<T>) => Promise<T>;
  /** A slot's result is another slice now. */
  readonly onSlice: () => void;
  readonly tell: (remarks: readonly Remark[]) => void;
}

/** The page hears of new windows this often, at most: a model of pictures has one for every frame. Milliseconds. */
const SHOW_EVERY = 250;

/** Whether what is wanted of this model is a clip: the source is one, or the model sees nothing else. */
export function isClipWork({ source }: State, model: OpenModel): boolean {
  return !!source && (!!source.clip || (source.grid?.shape.t ?? 1) > 1 || model.manifest.medium === 'video');
}

/** Runs of clips, one for each slot: begun, gone on with, and looked into at the playhead. */
export function keepClipRuns(parts: ClipRunParts) {
  const { store, engine } = parts;
  const runs = new Map<number, GrowingClip>();
  /** Sources whose tokens are in a slot's visit. */
  const counted = new Map<number, number>();
  let stopped: number | undefined;
  let toldStill = '';
  /** Sources that are the last frames of a camera. */
  const rolled = new Set<number>();
  /** Runs under way. */
  const under = new Set<AbortController>();

  /** Whether there is nothing to do for a slot: its clip is whole and made of what is wanted now, or was stopped. */
  function isCurrent(slot: Slot, state: State): boolean {
    const { clip } = slot;
    if (!clip || clip.recorded || !sameInputs(clip, wanted(state, slot))) return false;
    return (clip.windowsDone > 0 && stopped === state.source?.key) || isWhole(clip);
  }

  /** Runs the clip through the slot's model, window by window, showing what is done. Gives up when the inputs change. */
  async function run(key: number, signal: AbortSignal): Promise<void> {
    const state = store.getState();
    const slot = findSlot(state, key);
    const model = slot?.model;
    if (!model || !state.source || stopped === state.source.key) return;
    for (const other of runs.keys()) if (!findSlot(state, other)) runs.delete(other);
    if (state.source.kind === 'camera') rolled.add(state.source.key);
    const input = await inputOf(parts, state, model);
    if (!input) return;
    const growing = goOn(key, state, slot, input);
    if (!state.source.clip && !state.source.grid) tellStill(growing, model);
    const show = showing(key, growing, input.feed);
    const controller = new AbortController();
    const abort = () => controller.abort();
    signal.addEventListener('abort', abort);
    under.add(controller);
    try {
      signal.throwIfAborted();
      show(true);
      await runWindows(growing, input, model, controller.signal, show);
      await finish(growing, model, input);
      if (input.feed) count(key, growing);
    } finally {
      under.delete(controller);
      signal.removeEventListener('abort', abort);
      // A run that something newer has taken the place of shows nothing any more.
      if (runs.get(key) === growing) show(true, false);
    }
  }

  /** A picture that had to be repeated. */
  function tellStill({ of, plan }: GrowingClip, { id, manifest }: OpenModel): void {
    const told = `${of.source} ${id}`;
    if (plan.rule !== 'grouped' || told === toldStill) return;
    toldStill = told;
    const parameters = { model: manifest.title, frames: plan.window, planes: plan.planes };
    parts.tell([{ text: 'sources.notice.clipStill', parameters }]);
  }

  /** Tokens of one more source, added to those of the visit; once for each. */
  function count(key: number, { of, plan }: GrowingClip): void {
    if (counted.get(key) === of.source || plan.frames === 0) return;
    counted.set(key, of.source);
    const counts = runs.get(key)!.snapshot([], false).counts;
    changeSlot(store, key, ({ visit }) => ({ visit: addCounts(visit, counts) }));
  }

  /** The run as far as it got, when its inputs are the same; else a new one. */
  function goOn(key: number, state: State, slot: Slot, input: ClipInput): GrowingClip {
    const of = wanted(state, slot);
    const before = runs.get(key);
    if (before && sameInputs(before, of)) return before;
    const rule = frameRuleOf(slot.model!.manifest);
    const growth = { of, rule, entries: slot.model!.codebookSize, cells: input.cells };
    const growing = startClip(growth, input.grid ? { planes: input.grid.shape.t } : { frames: input.feed!.count() });
    runs.set(key, growing);
    return growing;
  }

  /** Whether one clip may stay on screen until there is something to show of the other. */
  const follows = (source: number, before: number) => source === before || (rolled.has(source) && rolled.has(before));

  /** Puts the run into its slot, not too often. What was there of the same source stays until a window is done. */
  function showing(key: number, growing: GrowingClip, feed: ClipFeed | undefined) {
    let shown = 0;
    let sliced = findSlot(store.getState(), key)?.result;
    return (atOnce: boolean, goesOn = true): void => {
      const time = performance.now();
      if (!atOnce && time - shown < SHOW_EVERY) return;
      shown = time;
      changeSlot(store, key, (slot) => {
        const standing = slot.clip && slot.clip.windowsDone > 0 && follows(growing.of.source, slot.clip.of.source);
        if (growing.windowsDone === 0 && standing) return goesOn ? {} : { clip: { ...slot.clip!, running: false } };
        const clip = growing.snapshot(feed?.frames ?? [], goesOn);
        const next = { ...slot, clip };
        return { clip, ...sliceOf(next, store.getState().playhead, growing) };
      });
      const result = findSlot(store.getState(), key)?.result;
      if (result !== sliced && goesOn) parts.onSlice();
      sliced = result;
    };
  }

  async function runWindows(
    growing: GrowingClip,
    input: ClipInput,
    model: OpenModel,
    signal: AbortSignal,
    show: (now: boolean) => void,
  ): Promise<void> {
    for (;;) {
      const window = await nextWindow(growing, input.feed, signal, show);
      if (!window) break;
      store.setState({ busy: 'encoding' });
      const before = growing.reconstruction.length;
      const done = await parts.exclusive(() => runWindow(engine, model, window, input, signal));
      signal.throwIfAborted();
      growing.append(done);
      if (growing.windowsDone === 1) keepFirst(input);
      await measure(growing, before, input, done.grid);
      signal.throwIfAborted();
      show(growing.windowsDone === 1);
    }
    const before = growing.reconstruction.length;
    if (growing.flush().length > 0) await measure(growing, before, input);
  }

  /** The first frame of a clip stands for it where one picture is wanted: timing, self-test. */
  function keepFirst({ feed }: ClipInput): void {
    const { source } = store.getState();
    const picture = feed?.frames[0];
    if (source?.clip && picture) parts.pictures.keep({ key: source.key, name: source.name, picture }, picture);
  }

  /** The next window, once all its frames are there; undefined when there is none. */
  async function nextWindow(growing: GrowingClip, feed: ClipFeed | undefined, signal: AbortSignal, show: (now: boolean) => void) {
    const planned = () => {
      if (feed) growing.replan(feed.count());
      return growing.plan.windows[growing.windowsDone];
    };
    for (;;) {
      const window = planned();
      const end = window ? window.firstFrame + window.frames : 0;
      if (!window || !feed || feed.frames.length >= end) return window;
      // Frames come in one by one, and may be looked at before the model has seen them.
      await feed.ready(feed.frames.length + 1, signal);
      show(false);
    }
  }

  async function measure(growing: GrowingClip, from: number, { feed }: ClipInput, grid?: TokenGrid): Promise<void> {
    if (grid) {
      const area = grid.shape.h * grid.shape.w;
      const last = growing.tokens.at(-2);
      growing.planes.push(...(await engine.measurePlanes(grid, last?.slice(last.length - area))));
    }
    if (!feed) return;
    const pair = (i: number) => ({ source: feed.frames[i]!, reconstruction: growing.reconstruction[i]! });
    const to = growing.reconstruction.length;
    const made = growing.reconstruction.slice(from, to);
    growing.measures.push(
      ...(await engine.measureFrames(feed.frames.slice(from, to), made, from > 0 ? pair(from - 1) : undefined)),
    );
  }

  async function finish(growing: GrowingClip, model: OpenModel, { feed }: ClipInput): Promise<void> {
    const { measures: frames, planes } = growing;
    const { grid, reconstruction } = growing.snapshot(feed?.frames ?? [], false);
    const { height = 0, width = 0 } = reconstruction[0] ?? {};
    growing.summary = await engine.measureClip({ frames, planes, grid, codebookSize: model.codebookSize, height, width });
  }

  /** Latents and runners-up of the plane at the playhead, where they were not kept: its window is encoded again. */
  async function fillSlice(key: number, signal: AbortSignal): Promise<void> {
    const state = store.getState();
    const slot = findSlot(state, key);
    const growing = runs.get(key);
    if (!slot?.model || !slot.clip || slot.clip.frames.length === 0 || !growing || !sameInputs(slot.clip, growing.of)) return;
    const { clip, model } = slot;
    const window = windowAt(clip, state.playhead);
    if (growing.detail(window) || !clip.reconstruction[clampFrame(clip, state.playhead)]) return;
    const { firstFrame, frames } = clip.plan.windows[window]!;
    const seen = clip.frames.slice(firstFrame, firstFrame + frames);
    const { latents, nearest } = await parts.exclusive(() => engine.encodeFrames(model.id, seen, signal));
    if (!latents && !nearest) return;
    growing.keep(window, { latents, nearest });
    changeSlot(store, key, (now) => sliceOf(now, store.getState().playhead, growing));
  }

  return {
    isCurrent,
    run,
    fillSlice,
    /** Every slot's result becomes the slice at the playhead. */
    slice(): void {
      for (const { key } of store.getState().slots) {
        changeSlot(store, key, (slot) => sliceOf(slot, store.getState().playhead, runs.get(key)));
      }
    },
    /**
     * The latents of all planes of a slot's clip that are through. undefined where there is no clip, it came as tokens, or some
     * were let go because it is too long to keep them all.
     */
    latents(key: number): Latents | undefined {
      const slot = findSlot(store.getState(), key);
      const growing = runs.get(key);
      const { clip, codebook } = slot ?? {};
      // What the decoder got stands in for latents, as in the slice.
      if (clip?.recorded) return codebook && quantized(clip.grid, codebook, clip.counts.length);
      if (!clip || !growing || !sameInputs(clip, growing.of)) return undefined;
      const kept = clip.timings.map((_, window) => growing.detail(window)?.latents);
      return kept.includes(undefined) ? undefined : joinLatents(kept as Latents[]);
    },
    stop(): void {
      stopped = store.getState().source?.key;
      for (const controller of under) controller.abort();
    },
    resume(): void {
      stopped = undefined;
    },
    /** A slot shows a picture now, or is gone. */
    forget(key: number): void {
      runs.delete(key);
    },
  };
}

export type KeptClipRuns = ReturnType<typeof keepClipRuns>;

/** What a run is made from: frames as they are read, or tokens. */
interface ClipInput {
  readonly feed: ClipFeed | undefined;
  readonly grid: TokenGrid | undefined;
  readonly cells: { readonly h: number; readonly w: number };
}

async function inputOf(
  { clips, pictures, engine }: ClipRunParts,
  state: State,
  model: OpenModel,
): Promise<ClipInput | undefined> {
  const source = state.source!;
  const { size } = model.manifest;
  if (source.grid) {
    checkTokens(source.grid, model.codebookSize);
    return { feed: undefined, grid: source.grid, cells: source.grid.shape };
  }
  const pixels = modelSize(state.framing, size);
  const cells = { h: pixels.height / size.reduction, w: pixels.width / size.reduction };
  if (source.clip) {
    const feed = clips.feed(source.key, state.framing, pixels);
    return feed && { feed, grid: undefined, cells };
  }
  const picture = await pictures.idOf(source.key);
  if (picture === undefined) return undefined;
  return { feed: stillFeed(await engine.framePicture(picture, state.framing, pixels)), grid: undefined, cells };
}

/** A picture is a clip of one frame. */
function stillFeed(picture: Picture): ClipFeed {
  return { frames: [picture], count: () => 1, ready: async () => {} };
}

async function runWindow(
  engine: Engine,
  model: OpenModel,
  window: PlannedWindow,
  { feed, grid }: ClipInput,
  signal: AbortSignal,
): Promise<WindowRun> {
  signal.throwIfAborted();
  if (!feed) return decodeWindow(engine, model, window, planesOf(grid!, window), signal);
  const { firstFrame, frames } = window;
  const encoded = await engine.encodeFrames(model.id, feed.frames.slice(firstFrame, firstFrame + frames), signal);
  const { latents, nearest } = encoded;
  const run = await decodeWindow(engine, model, window, encoded.grid, signal);
  return { ...run, detail: { latents, nearest }, timings: { ...run.timings, ...encoded.timings } };
}

async function decodeWindow(engine: Engine, model: OpenModel, { frames }: PlannedWindow, grid: TokenGrid, signal: AbortSignal) {
  const decoded = await engine.decode(model.id, grid, signal);
  const { decodeMs } = decoded.timings;
  const timings = { prepareMs: 0, encodeMs: 0, quantizeMs: 0, decodeMs };
  return { grid, frames: decoded.frames.slice(0, frames), detail: undefined, timings };
}

function planesOf({ tokens, shape: { h, w } }: TokenGrid, { firstPlane, planes }: PlannedWindow): TokenGrid {
  const area = h * w;
  return { shape: { t: planes, h, w }, tokens: tokens.slice(firstPlane * area, (firstPlane + planes) * area) };
}

/** What a slot's clip has to be made of now, without what makes no difference to it. */
function wanted({ source, framing, clip }: State, { model, manifest }: Slot): ClipResult['of'] {
  const overlap = source!.grid ? 0 : Math.min(clip.overlap, mostOverlap(frameRuleOf(manifest)));
  return {
    source: source!.key,
    framing: source!.grid ? DEFAULT_FRAMING : framing,
    model: model?.id,
    overlap,
    blend: overlap > 0 ? clip.blend : 'fade',
  };
}

function sameInputs({ of }: Pick<ClipResult, 'of'>, other: ClipResult['of']): boolean {
  return (Object.keys(other) as (keyof ClipResult['of'])[]).every((key) => of[key] === other[key]);
}

export function isWhole({ plan, windowsDone, running, summary }: ClipResult): boolean {
  return !running && windowsDone > 0 && windowsDone >= plan.windows.length && summary !== undefined;
}

function clampFrame({ plan }: ClipResult, frame: number): number {
  return Math.max(0, Math.min(plan.frames - 1, frame));
}

function windowAt(clip: ClipResult, playhead: number): number {
  return windowOfPlane(clip.plan, planeOfFrame(clip.plan, clampFrame(clip, playhead)));
}

/**
 * The change of a slot that makes its result the slice at the playhead; nothing where it is that already, or where the frame
 * has not come back yet and something of the same source is on show.
 */
export function sliceOf(
  slot: Slot,
  playhead: number,
  growing: GrowingClip | undefined,
): Pick<Slot, 'result'> | Record<never, never> {
  const { clip, result } = slot;
  if (!clip || clip.reconstruction.length === 0) return {};
  const asked = clampFrame(clip, playhead);
  const there = clip.reconstruction.length - 1;
  if (asked > there && result?.of.source === clip.of.source) return {};
  const frame = Math.min(asked, there);
  const detail = growing && sameInputs(clip, growing.of) ? growing.detail(windowAt(clip, frame)) : undefined;
  const same = result?.reconstruction?.picture === clip.reconstruction[frame] && result?.source === clip.frames[frame];
  if (same && result?.of.model === clip.of.model && (!!result?.latents || !detail?.latents)) return {};
  const slice = sliceAt(clip, frame, clip.counts.length, detail);
  if (!slice) return {};
  // What the decoder got stands in for latents, as in every recorded result.
  const latents = clip.recorded && slot.codebook ? quantized(slice.grid, slot.codebook, clip.counts.length) : slice.latents;
  return { result: keepMeasures({ ...slice, latents }, result) };
}

/** Numbers stay until new ones are measured: they say what they are of. */
function keepMeasures(slice: Result, before: Result | undefined): Result {
  return slice.source && before?.measures ? { ...slice, measures: before.measures } : slice;
}

/** Frames that the grid of a slot's result stands for. */
export function framesOfResult({ clip, result }: Slot): number {
  if (!clip || !result?.reconstruction) return 1;
  const frame = clip.reconstruction.indexOf(result.reconstruction.picture);
  return frame < 0 ? 1 : framesAt(clip, frame);
}
