import { useMemo, useRef } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useCatalog, useTokenscope } from '../state/hooks.ts';
import { useElementSize, useWindowSize } from '../ui/size.ts';
import type { Frame } from '../ui/viewport.ts';
import { manifestFacts, modelTitle } from '../views/codebook-facts.ts';
import { CompareAddModel } from '../views/compare-add-model.tsx';
import { useBlink } from '../views/compare-blink.ts';
import { useDifferences } from '../views/compare-differences.ts';
import { useCompareKeys } from '../views/compare-keys.ts';
import { compareLayout } from '../views/compare-layout.ts';
import { useCompareLink } from '../views/compare-link.ts';
import { useNumberLines, useNumbersTable } from '../views/compare-number-lines.ts';
import { CompareRow } from '../views/compare-row.tsx';
import { CompareTools } from '../views/compare-tools.tsx';
import styles from './compare-place.module.css';

const NO_PICTURE = { width: 256, height: 256 };

/** Source and reconstructions large, one row for each open model, all looking at the same part. */
export function ComparePlace() {
  const { t } = useTexts();
  const catalog = useCatalog();
  const slots = useTokenscope((state) => state.slots);
  const mode = useTokenscope((state) => state.compare.mode);
  const element = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(element);
  const window = useWindowSize();
  const lines = useNumberLines(slots);
  const count = lines[0]?.length ?? 0;
  const picture = slots[0]?.result?.source ?? NO_PICTURE;
  const layout = useMemo(
    () => compareLayout({ width, height: window.height - bars(window.height) }, slots.length, count, picture, mode === 'side'),
    [width, window.height, slots.length, count, picture, mode],
  );
  const frame = useMemo<Frame>(
    () => ({ panel: layout.panel, picture: { width: picture.width, height: picture.height }, least: 1, most: 64 }),
    [layout, picture.width, picture.height],
  );
  const link = useCompareLink(frame, layout.loupe < 112 ? 16 : 24);
  const models = useMemo(
    () =>
      catalog.map(({ manifest }) => ({
        id: manifest.id,
        title: modelTitle(manifest, t),
        facts: manifestFacts(manifest),
      })),
    [catalog, t],
  );
  const blink = useBlink(mode === 'blink');
  const { maps, scale } = useDifferences(slots);
  useCompareKeys(frame, blink.flip);
  useNumbersTable(slots);
  return (
    <div className={styles.place} ref={element}>
      <CompareTools frame={frame} blink={blink}>
        <CompareAddModel models={models} />
      </CompareTools>
      {slots.length === 0 && <p className={styles.empty}>{t('compare.noModel')}</p>}
      {width > 0 &&
        slots.map((slot, index) => (
          <CompareRow
            key={slot.key}
            slot={slot}
            link={link}
            layout={layout}
            mode={mode}
            shown={blink.shown}
            differences={maps[index]}
            scale={scale}
            lines={lines[index]!}
            active={index === 0}
            alone={slots.length === 1}
          />
        ))}
    </div>
  );
}

/** The shell's bar and the tools above the rows. */
function bars(height: number): number {
  return (height <= 780 ? 48 : 56) + 62;
}
