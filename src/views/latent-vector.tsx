import { useMemo } from 'react';
import { useTexts } from '../i18n/index.ts';
import type { Result, Slot } from '../state/store.ts';
import styles from './block.module.css';
import { vectorLimit } from './selected-cell.ts';
import { useSelectedCell } from './selected-hook.ts';
import { VectorBars } from './vector-bars.tsx';

interface LatentVectorProps {
  readonly slot: Slot;
  readonly result: Result;
  readonly width: number;
  readonly height: number;
  /** First and last channel shown as planes, where not all are. */
  readonly shown: readonly [number, number] | undefined;
  readonly onChannel: (channel: number) => void;
}

/** The selected cell's latent vector as bars and its entry as ticks. */
export function LatentVector({ slot, result, width, height, shown, onChannel }: LatentVectorProps) {
  const { t } = useTexts();
  const selected = useSelectedCell();
  const limit = useMemo(() => vectorLimit(slot, result), [slot, result]);
  const { vector, entryVector } = selected ?? {};
  return (
    <section className={styles.block} data-anchor="vector">
      <header>
        <h2>{t(result.recorded ? 'pipeline.vectorRecorded' : 'pipeline.vector')}</h2>
        {entryVector && (
          <span className={`dimension ${styles.legend}`}>
            <i />
            {width < 230 ? selected?.entry : t('pipeline.entryLegend', { entry: selected?.entry ?? 0 })}
          </span>
        )}
      </header>
      {vector ? (
        <VectorBars
          vector={vector}
          entry={entryVector}
          width={width}
          height={height}
          detailed
          limit={limit}
          label={t('pipeline.vectorLabel', { channels: vector.length })}
          marked={shown}
          {...(shown ? { onChannel } : {})}
        />
      ) : (
        <p className={styles.note}>{t(noLatents(slot, result))}</p>
      )}
      {vector && result.recorded && <p className={styles.note}>{t('pipeline.vectorRecordedNote')}</p>}
    </section>
  );
}

/** Why there are no latents, as a key of the texts. */
export function noLatents(slot: Slot, result: Result | undefined) {
  if (slot.manifest.quantizer.kind === 'in-graph') return 'pipeline.noLatentsInGraph';
  return result && !result.source ? 'pipeline.noLatentsTokens' : 'pipeline.noLatentsYet';
}
