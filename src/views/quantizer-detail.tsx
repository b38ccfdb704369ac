import { useState } from 'react';
import type { QuantizerSettings } from '../core/manifest.ts';
import { number, useTexts } from '../i18n/index.ts';
import type { Result, Slot } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import { ChannelTable } from './channel-table.tsx';
import { codebookSizeOf } from './codebook-facts.ts';
import { DistanceHistogram, DistanceRow } from './distance-charts.tsx';
import { vectorsOf } from './model-vectors.ts';
import { NEAREST_SHOWN } from './nearest-entries.tsx';
import styles from './quantizer-detail.module.css';
import { distanceText, type SelectedCell } from './selected-cell.ts';
import { useSelectedCell } from './selected-hook.ts';
import { useDistances } from './use-distances.ts';

interface QuantizerDetailProps {
  readonly slot: Slot;
  readonly result: Result;
  readonly width: number;
  readonly narrow: boolean;
}

const CHART = 132;

/** The second level: all distances of the selected cell, and the arithmetic behind the smallest. */
export function QuantizerDetail({ slot, result, width, narrow }: QuantizerDetailProps) {
  const { t } = useTexts();
  const selected = useSelectedCell();
  const distances = useDistances(slot.key, result, selected?.cell);
  const [rank, setRank] = useState(1);
  if (!selected) return null;
  const winner = selected.nearest[0];
  const runnerUp = selected.nearest[Math.min(rank, selected.nearest.length - 1)];
  const settings = slot.manifest.quantizer;
  const wide = narrow ? width : Math.round(width * 0.62);
  const beside = narrow ? width : width - wide - 40;
  const charts = winner && distances && { distances, winner: winner.entry, runnerUp: runnerUp?.entry, height: CHART };
  return (
    <section id="quantizer-detail" className={styles.detail}>
      <header>
        <h2>{t('pipeline.quantizerTitle')}</h2>
        <p className="caption">{t(formulaOf(settings))}</p>
      </header>
      <div className={narrow ? styles.stacked : styles.charts} style={{ minHeight: CHART }}>
        {charts ? (
          <>
            <DistanceRow {...charts} width={wide} />
            <DistanceHistogram {...charts} width={beside} />
          </>
        ) : (
          <p className="caption">{t('pipeline.distancesLoading')}</p>
        )}
      </div>
      {winner && runnerUp && <Verdict slot={slot} nearest={selected.nearest} rank={rank} onRank={setRank} />}
      <Arithmetic slot={slot} selected={selected} runnerUp={runnerUp?.entry} narrow={narrow} />
    </section>
  );
}

interface VerdictProps {
  readonly slot: Slot;
  readonly nearest: SelectedCell['nearest'];
  readonly rank: number;
  readonly onRank: (rank: number) => void;
}

/** The argmin in one line, and the runner-up to compare with. */
function Verdict({ slot, nearest, rank, onRank }: VerdictProps) {
  const { t } = useTexts();
  const winner = nearest[0]!;
  const rivals = nearest.slice(1, NEAREST_SHOWN);
  const rival = rivals[rank - 1] ?? rivals[0]!;
  return (
    <div className={styles.verdict}>
      <p>
        <span className={`number ${styles.argmin}`}>{`argmin = ${winner.entry}`}</span>
        <span className="caption">
          {t('pipeline.verdict', {
            size: number(codebookSizeOf(slot)),
            margin: distanceText(rival.distance - winner.distance),
            entry: rival.entry,
          })}
        </span>
      </p>
      <div data-unsaved>
        <Choices
          name={t('pipeline.runnerUp')}
          showName
          value={String(rank)}
          options={rivals.map(({ entry }, i) => ({ value: String(i + 1), text: String(entry) }))}
          onChange={(value) => onRank(Number(value))}
        />
      </div>
    </div>
  );
}

interface ArithmeticProps {
  readonly slot: Slot;
  readonly selected: SelectedCell;
  readonly runnerUp: number | undefined;
  readonly narrow: boolean;
}

/** Channels shown one by one; the others are one sum. */
const CHANNELS = { narrow: 3, wide: 12 };

function Arithmetic({ slot, selected, runnerUp, narrow }: ArithmeticProps) {
  const settings = slot.manifest.quantizer;
  const vectors = vectorsOf(slot);
  const winner = selected.nearest[0];
  // A projection's weights are not entries: there is no arithmetic to show from what the page knows.
  if (!vectors || !selected.vector || !winner || settings.score === 'projection') return null;
  const candidate = (entry: number) => ({ entry, vector: vectors.entry(entry) });
  return (
    <ChannelTable
      settings={settings}
      vector={selected.vector}
      winner={candidate(winner.entry)}
      runnerUp={runnerUp === undefined || runnerUp === winner.entry ? undefined : candidate(runnerUp)}
      most={narrow ? CHANNELS.narrow : CHANNELS.wide}
    />
  );
}

function formulaOf({ kind, score }: QuantizerSettings) {
  if (kind === 'fsq') return 'pipeline.formulaFsq';
  if (kind === 'lfq') return 'pipeline.formulaLfq';
  if (score === 'cosine') return 'pipeline.formulaCosine';
  if (score === 'dot') return 'pipeline.formulaDot';
  return score === 'projection' ? 'pipeline.formulaProjection' : 'pipeline.formulaL2';
}
