import type { Picture } from '../core/picture.ts';
import type { GridShape } from '../core/token-grid.ts';
import { number, useTexts } from '../i18n/index.ts';
import styles from './block.module.css';
import { Lens, patchOf } from './lens.tsx';
import { patchError } from './patch-error.ts';
import { useSelectedCell } from './selected-hook.ts';

interface SourceLensProps {
  readonly picture: Picture;
  readonly shape: GridShape;
  readonly side: number;
}

/** The patch of the source, and where it is. */
export function SourceLens({ picture, shape, side }: SourceLensProps) {
  const { t } = useTexts();
  return (
    <div>
      <Lens anchor="source-lens" label={t('pipeline.lensSource')} picture={picture} shape={shape} side={side} />
      <CellPlace width={side} />
    </div>
  );
}

/** Row and column of the selected cell. */
export function CellPlace({ width }: { readonly width: number }) {
  const { t } = useTexts();
  const cell = useSelectedCell()?.cell;
  if (!cell) return null;
  return (
    <div className={styles.caption} style={{ width }}>
      <span>
        {t('words.row')} <b>{cell.row}</b>
        {'\u2002'}
        {t('words.column')} <b>{cell.column}</b>
      </span>
    </div>
  );
}

interface ReconstructionLensProps extends SourceLensProps {
  readonly source: Picture | undefined;
  readonly rightAligned: boolean;
}

/** The patch of the reconstruction, and how far it is from the source. */
export function ReconstructionLens({ picture, source, shape, side, rightAligned }: ReconstructionLensProps) {
  const { t } = useTexts();
  const cell = useSelectedCell()?.cell;
  const error = cell && source && patchError(source, picture, patchOf(source, shape, cell));
  return (
    <div>
      <Lens anchor="reconstruction-lens" label={t('pipeline.lensReconstruction')} picture={picture} shape={shape} side={side} />
      <div className={styles.caption} style={{ width: side, justifyContent: rightAligned ? 'flex-end' : 'flex-start' }}>
        {error !== undefined && (
          <span>
            {t('pipeline.meanError')} <b>{number(error * 100, 1)} %</b>
          </span>
        )}
      </div>
    </div>
  );
}
