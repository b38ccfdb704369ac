import { asTokenscopeError, isAbort } from '../core/errors.ts';
import { cellCount } from '../core/token-grid.ts';
import type { Actions } from './actions.ts';
import type { Parts } from './parts.ts';
import { clampCell, movedCell, selectionOfEntry, tokenAt } from './selection.ts';

type ViewVerbs =
  | 'setLanguage'
  | 'setTheme'
  | 'setPalette'
  | 'setQuantizerOpen'
  | 'setCompare'
  | 'setCodebook'
  | 'selectCell'
  | 'moveCell'
  | 'selectEntry'
  | 'report'
  | 'dismissError'
  | 'dismissNotice';

/** Verbs that only change how one looks. */
export function viewActions({ store, notices }: Parts): Pick<Actions, ViewVerbs> {
  const grid = () => store.getState().slots[0]?.result?.grid;
  const verbs: Pick<Actions, ViewVerbs> = {
    setLanguage: (language) => store.setState({ language }),
    setTheme: (theme) => store.setState({ theme }),
    setPalette: (palette) => store.setState({ palette }),
    setQuantizerOpen: (quantizerOpen) => store.setState({ quantizerOpen }),
    setCompare: (change) => store.setState(({ compare }) => ({ compare: { ...compare, ...change } })),
    setCodebook: (change) => store.setState(({ codebook }) => ({ codebook: { ...codebook, ...change } })),
    selectCell(asked) {
      const tokens = grid();
      if (!tokens || cellCount(tokens.shape) === 0) return;
      const cell = clampCell(tokens.shape, asked);
      const entry = tokenAt(tokens, cell);
      const { selection } = store.getState();
      const same = selection.cell.row === cell.row && selection.cell.column === cell.column && selection.cell.t === cell.t;
      // Pointers move within a cell far more often than between cells.
      if (!same || selection.entry !== entry) store.setState({ selection: { cell, entry } });
    },
    moveCell(rows, columns) {
      const tokens = grid();
      if (tokens) verbs.selectCell(movedCell(tokens.shape, store.getState().selection.cell, rows, columns));
    },
    selectEntry: (entry) =>
      store.setState(({ selection }) =>
        selection.entry === entry ? {} : { selection: selectionOfEntry(entry, selection.cell, grid()) },
      ),
    report(error) {
      if (!isAbort(error)) store.setState({ error: asTokenscopeError(error) });
    },
    dismissError: () => store.setState({ error: undefined }),
    dismissNotice: notices.dismiss,
  };
  return verbs;
}
