import { useEffect, useReducer } from 'react';
import type { Measures, Metric } from '../core/metric.ts';
import { metrics } from '../metrics/index.ts';
import type { Result, Slot } from '../state/store.ts';

const SHELF: Readonly<Record<string, Metric>> = metrics;

/** What was measured here, by the reconstruction it belongs to. */
const measuredHere = new WeakMap<object, Measures>();

/**
 * The numbers of every slot: the engine's, or, for a recorded result that no engine has looked at yet, the same metrics
 * taken on the page, one after another, so that nothing waits for them. Tokens without a source have those that need none.
 */
export function useMeasured(slots: readonly Slot[]): readonly (Measures | undefined)[] {
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const waiting = slots.flatMap(({ result }) =>
      result && !engineMeasures(result) && (result.recorded || !result.source) ? [result] : [],
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const goOn = () => {
      const result = waiting.find((one) => nextMetric(one) !== undefined);
      if (!result) return;
      measureNext(result);
      drawAgain();
      timer = setTimeout(goOn);
    };
    timer = setTimeout(goOn, 100);
    return () => clearTimeout(timer);
  }, [slots]);
  return slots.map(({ result }) => result && (engineMeasures(result) ?? measuredHere.get(result.reconstruction ?? result)));
}

/** What the engine measured, if it was this reconstruction. */
function engineMeasures({ measures, reconstruction }: Result): Measures | undefined {
  return measures && reconstruction?.picture === measures.of ? measures.values : undefined;
}

function nextMetric({ source, reconstruction }: Result): string | undefined {
  if (!reconstruction || (source && source.data.length !== reconstruction.picture.data.length)) return undefined;
  const known = measuredHere.get(reconstruction);
  return Object.keys(SHELF).find((id) => (source || SHELF[id]!.alone) && known?.[id] === undefined);
}

function measureNext(result: Result): void {
  const id = nextMetric(result);
  const { reconstruction, grid, counts } = result;
  if (id === undefined || !reconstruction) return;
  const { source = reconstruction.picture } = result;
  const value = SHELF[id]!.measure({ source, reconstruction: reconstruction.picture, grid, codebookSize: counts.length });
  measuredHere.set(reconstruction, { ...measuredHere.get(reconstruction), [id]: value });
}
