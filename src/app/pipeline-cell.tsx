import type { Result, Slot } from '../state/store.ts';
import { LatentVector } from '../views/latent-vector.tsx';
import { CellPlace, ReconstructionLens, SourceLens } from '../views/lens-blocks.tsx';
import { NearestEntries } from '../views/nearest-entries.tsx';
import { planesShown } from '../views/plane-geometry.ts';
import { SelectedToken } from '../views/selected-token.tsx';
import type { PipelineLayout } from './pipeline-layout.ts';
import type { Channels } from './pipeline-parts.ts';
import styles from './pipeline-place.module.css';

interface CellProps {
  readonly slot: Slot;
  readonly result: Result;
  readonly layout: PipelineLayout;
  readonly channels: Channels;
}

/** The lower row: what happens to one cell, each block under the stage it magnifies. */
export function PipelineCell({ slot, result, layout, channels }: CellProps) {
  const { lens, line, narrow, short } = layout;
  const { shape } = result.grid;
  const { source, latents, reconstruction } = result;
  const shown = latents ? planesShown(latents.d) : 0;
  const list = 6 * line;
  return (
    <section className={styles.cell}>
      <div className={styles.lens}>
        {source ? <SourceLens picture={source} shape={shape} side={lens} /> : <CellPlace width={lens} />}
      </div>
      <LatentVector
        slot={slot}
        result={result}
        width={layout.vector}
        height={narrow ? 186 : list - (result.recorded ? 24 : 0)}
        shown={latents && shown < latents.d ? [channels.first, channels.first + shown - 1] : undefined}
        onChannel={channels.show}
      />
      <NearestEntries slot={slot} result={result} line={line} short={short} width={layout.nearest} />
      <SelectedToken slot={slot} result={result} width={layout.token} height={list + 24} short={short} beside={short || narrow} />
      <div className={`${styles.lens} ${styles.rightLens}`}>
        {reconstruction && (
          <ReconstructionLens picture={reconstruction.picture} source={source} shape={shape} side={lens} rightAligned={!narrow} />
        )}
      </div>
    </section>
  );
}
