import { useEffect, useRef, useState } from 'react';
import type { Cell } from '../core/token-grid.ts';
import { useActions } from '../state/hooks.ts';
import type { Result } from '../state/store.ts';

interface Question {
  readonly slot: number;
  readonly cell: Cell;
}

/**
 * The distance row of the selected cell. One question is under way at a time; when the selection moved meanwhile, only
 * its newest place is asked for next. The row shown before stays until the new one is there.
 */
export function useDistances(slot: number, result: Result, cell: Cell | undefined): Float32Array | undefined {
  const { distances } = useActions();
  const [row, setRow] = useState<Float32Array>();
  const wanted = useRef<Question | undefined>(undefined);
  const asking = useRef(false);
  useEffect(() => {
    // A new result asks again for the same cell.
    wanted.current = cell && result ? { slot, cell } : undefined;
    const ask = async () => {
      if (asking.current) return;
      asking.current = true;
      try {
        for (let next = wanted.current; next; next = wanted.current === next ? undefined : wanted.current) {
          const answer = await distances(next.slot, next.cell);
          if (answer && wanted.current) setRow(answer);
        }
      } finally {
        asking.current = false;
      }
    };
    void ask();
  }, [slot, result, cell, distances]);
  useEffect(
    () => () => {
      wanted.current = undefined;
    },
    [],
  );
  return row;
}
