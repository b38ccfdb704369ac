import { useMemo } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions, usePlaygroundStore } from '../state/hooks.ts';
import { type Shortcut, useShortcuts } from '../ui/shortcuts.ts';
import { FIT, type Frame, panView, zoomView } from '../ui/viewport.ts';

/** Keys of Compare. */
export function useCompareKeys(frame: Frame, flip: () => void): void {
  const { t } = useTexts();
  const store = usePlaygroundStore();
  const actions = useActions();
  const group = useMemo(() => {
    const zoom = (factor: number) => actions.setCompare(zoomView(store.getState().compare, factor, frame));
    const pan = (right: number, down: number) => (event: KeyboardEvent) => {
      event.preventDefault();
      actions.setCompare(panView(store.getState().compare, right * 48, down * 48, frame));
    };
    const move = (right: number, down: number) => (event: KeyboardEvent) => {
      event.preventDefault();
      actions.moveCell(down, right);
    };
    const blink = () => {
      if (store.getState().compare.mode === 'blink') flip();
      else actions.setCompare({ mode: 'blink' });
    };
    const shortcuts: Shortcut[] = [
      { keys: 'b', text: t('compare.keyBlink'), run: blink },
      { keys: '+', text: t('compare.keyZoomIn'), run: () => zoom(1.25) },
      { keys: 'Shift++', text: t('compare.keyZoomIn'), run: () => zoom(1.25) },
      { keys: '=', text: t('compare.keyZoomIn'), run: () => zoom(1.25) },
      { keys: '-', text: t('compare.keyZoomOut'), run: () => zoom(0.8) },
      { keys: '0', text: t('compare.keyFit'), run: () => actions.setCompare(FIT) },
      ...arrows('Shift+', t('compare.keyPan'), pan),
      ...arrows('', t('compare.keyCell'), move),
    ];
    return { title: t('compare.keys'), shortcuts };
  }, [t, store, actions, frame, flip]);
  useShortcuts(group);
}

function arrows(modifier: string, text: string, run: (right: number, down: number) => Shortcut['run']): Shortcut[] {
  return [
    { keys: `${modifier}ArrowLeft`, text, run: run(-1, 0) },
    { keys: `${modifier}ArrowRight`, text, run: run(1, 0) },
    { keys: `${modifier}ArrowUp`, text, run: run(0, -1) },
    { keys: `${modifier}ArrowDown`, text, run: run(0, 1) },
  ];
}
