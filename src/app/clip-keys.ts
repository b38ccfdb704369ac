import { useMemo } from 'react';
import type { ClipPlan } from '../core/clip-plan.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import { type Shortcut, useShortcuts } from '../ui/shortcuts.ts';
import { type ClipPlayer, SPEEDS } from '../views/clip-clock.ts';

/** Keys of the Clip place. */
export function useClipKeys(player: ClipPlayer, plan: ClipPlan): void {
  const { t } = useTexts();
  const actions = useActions();
  const group = useMemo(() => {
    const on = (run: () => void) => (event: KeyboardEvent) => {
      event.preventDefault();
      run();
    };
    const faster = (by: number) => {
      const { speed } = player.clock.getState();
      const index = SPEEDS.indexOf(speed as (typeof SPEEDS)[number]) + by;
      player.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))]!);
    };
    const play = (event: KeyboardEvent) => {
      // A focused button is pressed by the space bar itself; a link is not.
      if ((event.target as Element | null)?.closest?.('button, label')) return;
      event.preventDefault();
      player.toggle();
    };
    const step = (frames: number) => on(() => player.step(frames));
    const move = (rows: number, columns: number) => on(() => actions.moveCell(rows, columns));
    const shortcuts: Shortcut[] = [
      { keys: 'Space', text: t('clip.keyPlay'), run: play },
      { keys: 'k', text: t('clip.keyPlay'), run: on(player.toggle) },
      { keys: 'ArrowLeft', text: t('clip.keyStep'), run: step(-1) },
      { keys: 'ArrowRight', text: t('clip.keyStep'), run: step(1) },
      { keys: 'PageUp', text: t('clip.keyPlane'), run: step(-plan.reduction) },
      { keys: 'PageDown', text: t('clip.keyPlane'), run: step(plan.reduction) },
      { keys: 'Home', text: t('clip.keyEnds'), run: on(() => player.seek(0)) },
      { keys: 'End', text: t('clip.keyEnds'), run: on(() => player.seek(plan.frames - 1)) },
      { keys: 'r', text: t('clip.keyLoop'), run: on(() => player.setLoop(!player.clock.getState().loop)) },
      { keys: '-', text: t('clip.keySpeed'), run: on(() => faster(-1)) },
      { keys: '=', text: t('clip.keySpeed'), run: on(() => faster(1)) },
      { keys: 'Shift++', text: t('clip.keySpeed'), run: on(() => faster(1)) },
      { keys: 'Shift+ArrowLeft', text: t('clip.keyCell'), run: move(0, -1) },
      { keys: 'Shift+ArrowRight', text: t('clip.keyCell'), run: move(0, 1) },
      { keys: 'Shift+ArrowUp', text: t('clip.keyCell'), run: move(-1, 0) },
      { keys: 'Shift+ArrowDown', text: t('clip.keyCell'), run: move(1, 0) },
    ];
    return { title: t('clip.keys'), shortcuts };
  }, [t, actions, player, plan]);
  useShortcuts(group);
}
