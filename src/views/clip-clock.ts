import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ClipPlan, planeOfFrame } from '../core/clip-plan.ts';
import { useActions, usePlaygroundStore, useSelectedPlane } from '../state/hooks.ts';
import { selectedPlane } from '../state/selection.ts';
import type { State, Store } from '../state/store.ts';

/** What plays: kept outside the page's state, since it changes with every frame. */
export interface ClipClock {
  readonly frame: number;
  readonly playing: boolean;
  readonly loop: boolean;
  /** Of the clip's own rate. */
  readonly speed: number;
}

export interface ClipPlayer {
  readonly clock: StoreApi<ClipClock>;
  play(): void;
  pause(): void;
  toggle(): void;
  /** Shows a frame (clamped); `final` makes it the page's playhead, which the other places follow. */
  seek(frame: number, final?: boolean): void;
  step(by: number): void;
  setLoop(loop: boolean): void;
  setSpeed(speed: number): void;
}

export const SPEEDS = [0.25, 0.5, 1, 2] as const;

/** The frame at a moment of playing: counted from where it began, so that nothing adds up to a drift. */
export function frameAt(
  begun: { readonly frame: number; readonly at: number },
  now: number,
  rate: number,
  frames: number,
  loop: boolean,
): { readonly frame: number; readonly ended: boolean } {
  const played = begun.frame + Math.floor(((now - begun.at) / 1000) * rate + 1e-6);
  if (played < frames) return { frame: played, ended: false };
  return loop ? { frame: played % frames, ended: false } : { frame: frames - 1, ended: true };
}

/**
 * Calls back when what `pick` sees of the clock is another; `pick` sees nothing but the clock. While it plays, that is within a
 * frame of the screen, and everything is drawn in the same one. Gives the function that stops it.
 */
export function followClock(
  clock: StoreApi<ClipClock>,
  pick: (state: ClipClock) => number,
  redraw: () => void,
  redrawNow = redraw,
): () => void {
  let last = pick(clock.getState());
  return clock.subscribe((state) => {
    const next = pick(state);
    if (next === last) return;
    last = next;
    if (state.playing) redrawNow();
    else redraw();
  });
}

/** The plane of the frame on screen, while it plays or somebody scrubs; else the selected one. */
export function planeOnScreen(state: State, { frame, playing }: ClipClock, plan: ClipPlan): number {
  if (!playing && frame === state.playhead) return selectedPlane(state);
  return plan.frames > 0 ? planeOfFrame(plan, Math.min(frame, plan.frames - 1)) : 0;
}

/** The same for words, which stand still while it plays. */
export function usePlaneOnScreen({ clock }: ClipPlayer, plan: ClipPlan): number {
  const store = usePlaygroundStore();
  const selected = useSelectedPlane();
  return useStore(clock, (now) => (now.playing ? selected : planeOnScreen(store.getState(), now, plan)));
}

/** Calls back when `planeOnScreen` may be another. */
export function followPlane(
  store: Store,
  { clock }: ClipPlayer,
  plan: ClipPlan,
  redraw: () => void,
  redrawNow: () => void,
): () => void {
  const pick = (now: ClipClock) => (now.playing ? planeOnScreen(store.getState(), now, plan) : -1 - now.frame);
  const stops = [
    followClock(clock, pick, redraw, redrawNow),
    store.subscribe((now, before) => now.selection !== before.selection && redraw()),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Plays `frames` frames at `rate` frames a second. */
export function useClipPlayer(frames: number, rate: number): ClipPlayer {
  const store = usePlaygroundStore();
  const actions = useActions();
  const clock = useMemo(
    () => createStore<ClipClock>()(() => ({ frame: store.getState().playhead, playing: false, loop: true, speed: 1 })),
    [store],
  );
  const player = useMemo(() => playerOf(clock, frames, actions.setPlayhead), [clock, frames, actions]);
  useEffect(() => run(clock, frames, rate, actions.setPlayhead), [clock, frames, rate, actions]);
  // The playhead also moves from elsewhere: a link, a new clip.
  useEffect(
    () =>
      store.subscribe(({ playhead }, before) => {
        if (playhead !== before.playhead && !clock.getState().playing) clock.setState({ frame: playhead });
      }),
    [store, clock],
  );
  useEffect(() => {
    if (clock.getState().frame >= frames) clock.setState({ frame: Math.max(0, frames - 1) });
  }, [clock, frames]);
  return player;
}

function playerOf(clock: ClipPlayer['clock'], frames: number, setPlayhead: (frame: number) => void): ClipPlayer {
  const pause = () => {
    if (!clock.getState().playing) return;
    clock.setState({ playing: false });
    setPlayhead(clock.getState().frame);
  };
  const play = () => {
    const { frame, loop } = clock.getState();
    if (frames > 1) clock.setState({ playing: true, frame: !loop && frame >= frames - 1 ? 0 : frame });
  };
  const seek = (asked: number, final = true) => {
    const frame = Math.min(frames - 1, Math.max(0, Math.round(asked)));
    clock.setState({ frame, playing: false });
    if (final) setPlayhead(frame);
  };
  return {
    clock,
    play,
    pause,
    seek,
    toggle: () => (clock.getState().playing ? pause() : play()),
    step: (by) => seek(clock.getState().frame + by),
    setLoop: (loop) => clock.setState({ loop }),
    setSpeed: (speed) => clock.setState({ speed }),
  };
}

/** Moves the clock while it plays; gives the function that stops it. */
function run(clock: ClipPlayer['clock'], frames: number, rate: number, setPlayhead: (frame: number) => void): () => void {
  let request = 0;
  let begun = { frame: 0, at: 0 };
  const begin = () => {
    begun = { frame: clock.getState().frame, at: performance.now() };
  };
  const tick = (now: number) => {
    const { playing, loop, speed, frame: shown } = clock.getState();
    if (!playing) return;
    const { frame, ended } = frameAt(begun, Math.max(now, begun.at), rate * speed, frames, loop);
    if (frame !== shown) clock.setState({ frame });
    if (ended) {
      clock.setState({ playing: false });
      setPlayhead(frame);
      return;
    }
    request = requestAnimationFrame(tick);
  };
  const start = () => {
    cancelAnimationFrame(request);
    begin();
    request = requestAnimationFrame(tick);
  };
  if (clock.getState().playing) start();
  const stop = clock.subscribe((now, before) => {
    if (now.playing && (!before.playing || now.speed !== before.speed || now.loop !== before.loop)) start();
  });
  return () => {
    stop();
    cancelAnimationFrame(request);
  };
}
