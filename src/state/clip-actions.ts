import { TokenscopeError } from '../core/errors.ts';
import { cellIndex } from '../core/token-grid.ts';
import type { Actions } from './actions.ts';
import { attempt, quietly } from './attempt.ts';
import type { Parts } from './parts.ts';
import { clampCell } from './selection.ts';

type ClipVerbs =
  | 'setPlayhead'
  | 'selectVolumeCell'
  | 'setClipWindow'
  | 'setClipSettings'
  | 'stopClip'
  | 'runClip'
  | 'clipLatents'
  | 'clipThumbnails';

/** Verbs about clips. */
export function clipActions({ store, clips, clipRuns, sources, catchUp, lookCloser }: Parts): Pick<Actions, ClipVerbs> {
  return {
    setPlayhead(frame) {
      const { slots, source, selection } = store.getState();
      const most = Math.max(1, source?.clip?.frames ?? 0, ...slots.map(({ clip }) => clip?.plan.frames ?? 0)) - 1;
      const playhead = Math.min(most, Math.max(0, Math.trunc(frame) || 0));
      store.setState({ playhead, ...(selection.plane === undefined ? {} : { selection: { ...selection, plane: undefined } }) });
      clipRuns.slice();
      void quietly(store, lookCloser);
    },
    selectVolumeCell(asked) {
      const { grid } = store.getState().slots[0]?.clip ?? {};
      if (!grid || grid.shape.t === 0) return;
      const { selection } = store.getState();
      const { t, row, column } = clampCell(grid.shape, asked);
      const entry = grid.tokens[cellIndex(grid.shape, { t, row, column })];
      const { cell } = selection;
      const same = cell.row === row && cell.column === column && selection.plane === t && selection.entry === entry;
      // Pointers move within a cell far more often than between cells.
      if (!same) store.setState({ selection: { cell: { t: 0, row, column }, plane: t, entry } });
    },
    setClipWindow(change) {
      clipRuns.resume();
      sources.trim(change);
      store.setState({ busy: 'idle' });
      void attempt(store, catchUp);
    },
    setClipSettings(change) {
      clipRuns.resume();
      store.setState(({ clip }) => ({ clip: { ...clip, ...change } }));
      void attempt(store, catchUp);
    },
    stopClip: clipRuns.stop,
    runClip: () =>
      attempt(store, async () => {
        clipRuns.resume();
        await catchUp();
      }),
    clipLatents: clipRuns.latents,
    clipThumbnails: (count, side, onFrame, signal) =>
      quietly(store, async () => {
        const { source } = store.getState();
        const clip = source && clips.clipOf(source.key);
        if (!clip) throw new TokenscopeError('internal', { message: 'no clip is open' });
        for await (const { tick, time, bitmap } of clip.thumbnails(count, side, signal)) onFrame({ index: tick, time, bitmap });
      }),
  };
}
