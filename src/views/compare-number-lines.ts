import { useMemo, useRef } from 'react';
import type { Measures, Metric } from '../core/metric.ts';
import { useTexts } from '../i18n/index.ts';
import { metrics } from '../metrics/index.ts';
import type { Slot } from '../state/store.ts';
import { csvBlob, type Savable, useSavable } from '../ui/savable.ts';
import { useMeasured } from './compare-measured.ts';
import type { NumberLine } from './compare-measures.tsx';
import { bestOf, decodeTime, encodeTime, measureText, metricOrder, numbersTable, timeText } from './compare-numbers.ts';

const SHELF: Readonly<Record<string, Metric>> = metrics;

/** Said in other words by usage and perplexity: these stay in the Codebook, and in the saved table. */
const LEFT_OUT: ReadonlySet<string> = new Set(['entries-used', 'entropy']);
const SHOWN = metricOrder(SHELF).filter((id) => !LEFT_OUT.has(id));

/** The numbers of every slot, in the order and manner they are shown. */
export function useNumberLines(slots: readonly Slot[]): readonly (readonly NumberLine[])[] {
  const measured = useMetricLines(useMeasured(slots));
  const run = useRunLines(slots);
  return slots.map((_, index) => [...measured, ...run].map((line) => line[index]!));
}

/** One array for each metric, with a line for each slot. */
function useMetricLines(measures: readonly (Measures | undefined)[]): NumberLine[][] {
  const { t } = useTexts();
  const say = t as unknown as (key: string) => string;
  return SHOWN.map((id) => {
    const metric = SHELF[id]!;
    const values = measures.map((one) => one?.[id]);
    const best = bestOf(values, metric.better, metric.digits);
    return values.map((value, index) => ({
      id,
      name: say(`metrics.${id}.name`),
      definition: say(`metrics.${id}.definition`),
      value: typeof value === 'number' ? measureText(value, metric) : '–',
      best: best[index]!,
    }));
  });
}

/** What the run itself took, and where it ran. */
function useRunLines(slots: readonly Slot[]): NumberLine[][] {
  const { t } = useTexts();
  const times = (['encode', 'decode'] as const).map((id) => {
    const values = slots.map(({ result }) => (id === 'encode' ? encodeTime(result) : decodeTime(result)));
    const best = bestOf(values, 'lower', 0);
    return values.map((value, index) => ({
      id,
      name: t(`compare.${id}`),
      definition: t(`compare.${id}Definition`),
      value: value === undefined ? t('compare.notTimed') : timeText(value),
      best: best[index]!,
    }));
  });
  const providers = slots.map(({ model, result }) => ({
    id: 'provider',
    name: t('compare.provider'),
    definition: t('compare.providerDefinition'),
    value: !model || result?.recorded ? t('compare.recordedProvider') : model.device.provider === 'webgpu' ? 'WebGPU' : 'WASM',
    best: false,
  }));
  return [...times, providers];
}

/** Offers the numbers of all models as a table for saving. */
export function useNumbersTable(slots: readonly Slot[]): void {
  const { t } = useTexts();
  const measured = useMeasured(slots);
  const latest = useRef(measured);
  latest.current = measured;
  const title = t('compare.saveNumbers');
  const savable = useMemo<Savable | undefined>(
    () =>
      slots.length > 0
        ? { file: 'tokenscope-numbers', title, formats: { csv: () => numbersCsv(slots, latest.current) } }
        : undefined,
    [slots, title],
  );
  useSavable(savable);
}

function numbersCsv(slots: readonly Slot[], measures: readonly (Measures | undefined)[]): Blob {
  const { header, rows } = numbersTable(slots, measures, SHELF);
  return csvBlob(header, rows);
}
