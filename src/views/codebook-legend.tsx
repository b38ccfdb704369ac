import { memo } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { useTokenscope } from '../state/hooks.ts';
import type { Slot } from '../state/store.ts';
import type { Board } from './codebook-board.ts';
import styles from './codebook-legend.module.css';

/** What large, small and crossed entries mean. */
export const CodebookLegend = memo(function CodebookLegend({ slot, board }: { readonly slot: Slot; readonly board: Board }) {
  const { t } = useTexts();
  const usageOf = useTokenscope((state) => state.codebook.usageOf);
  const dead = board.dead?.reduce((sum, one) => sum + one, 0);
  return (
    <div className={styles.legend}>
      <span>
        <i className={styles.used} />
        {t(usageOf === 'picture' ? 'codebook.usedHere' : 'codebook.usedVisit')}
      </span>
      <span>
        <i className={styles.unused} />
        {t(usageOf === 'picture' ? 'codebook.unusedHere' : 'codebook.unusedVisit')}
      </span>
      {dead !== undefined && (
        <span title={t('codebook.neverSeenLong', { dead: number(dead), pictures: number(slot.visit.pictures) })}>
          <i className={styles.dead}>×</i>
          {t('codebook.neverSeen', { dead: number(dead) })}
        </span>
      )}
    </div>
  );
});
