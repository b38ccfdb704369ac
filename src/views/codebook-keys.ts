import { useMemo } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions, usePlaygroundStore } from '../state/hooks.ts';
import { type Shortcut, useShortcuts } from '../ui/shortcuts.ts';
import type { Board } from './codebook-board.ts';
import { entryTowards, stepEntry } from './codebook-layout.ts';

/** Rows that PageUp and PageDown pass. */
const PAGE = 8;

/** Keys of Codebook. `onDigit` gets a typed number's first digit. */
export function useCodebookKeys(board: Board | undefined, onDigit: (digit: string) => void): void {
  const { t } = useTexts();
  const store = usePlaygroundStore();
  const actions = useActions();
  const group = useMemo(() => {
    const step = (right: number, down: number) => (event: KeyboardEvent) => {
      if (!board) return;
      event.preventDefault();
      const entry = store.getState().selection.entry ?? 0;
      actions.selectEntry(nextEntry(board, entry, right, down));
    };
    const size = board?.order.length ?? 0;
    const shortcuts: Shortcut[] = [
      { keys: 'ArrowLeft', text: t('codebook.keyPrevious'), run: step(-1, 0) },
      { keys: 'ArrowRight', text: t('codebook.keyNext'), run: step(1, 0) },
      { keys: 'ArrowUp', text: t('codebook.keyRowUp'), run: step(0, -1) },
      { keys: 'ArrowDown', text: t('codebook.keyRowDown'), run: step(0, 1) },
      { keys: 'PageUp', text: t('codebook.keyPageUp'), run: step(0, -PAGE) },
      { keys: 'PageDown', text: t('codebook.keyPageDown'), run: step(0, PAGE) },
      { keys: 'Home', text: t('codebook.keyFirst'), run: step(-size, 0) },
      { keys: 'End', text: t('codebook.keyLast'), run: step(size, 0) },
      { keys: '([0-9])', text: t('codebook.keyNumber'), run: (event) => onDigit(event.key) },
    ];
    return { title: t('codebook.keys'), shortcuts };
  }, [t, store, actions, board, onDigit]);
  useShortcuts(group);
}

/** On the map a single step goes to the nearest entry in that direction; everything else goes along the order. */
function nextEntry({ layout, order, places }: Board, entry: number, right: number, down: number): number {
  const single = Math.abs(right) + Math.abs(down) === 1;
  if (layout.positions && single) return entryTowards(layout.positions, entry, right, down);
  return stepEntry(order, places, entry, right + down * layout.columns);
}
