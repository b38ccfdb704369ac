import { useMemo } from 'react';
import type { Picture } from '../core/picture.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import type { CompareMode, Result, Slot } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { canvasBlob, type Savable, useSavable } from '../ui/savable.ts';
import { modelTitle, shortTitle, slotFacts } from './codebook-facts.ts';
import { CompareBadge } from './compare-badge.tsx';
import type { DifferenceScale } from './compare-difference.ts';
import { CompareDifferenceMap } from './compare-difference-map.tsx';
import type { CompareLayout } from './compare-layout.ts';
import type { CompareLink } from './compare-link.ts';
import { CompareLoupe } from './compare-loupe.tsx';
import { CompareMeasures, type NumberLine } from './compare-measures.tsx';
import { ComparePicture } from './compare-picture.tsx';
import styles from './compare-row.module.css';
import { CompareSplitView } from './compare-split-view.tsx';

interface CompareRowProps {
  readonly slot: Slot;
  readonly link: CompareLink;
  readonly layout: CompareLayout;
  readonly mode: CompareMode;
  /** What blinking shows now. */
  readonly shown: 'source' | 'reconstruction';
  readonly differences: Uint16Array | undefined;
  readonly scale: DifferenceScale;
  readonly lines: readonly NumberLine[];
  readonly active: boolean;
  readonly alone: boolean;
}

/** One model: its name and numbers, its pictures, its loupes. */
export function CompareRow(props: CompareRowProps) {
  const { slot, layout, link, lines, active, alone } = props;
  const { t } = useTexts();
  const model = modelTitle(slot.manifest, t);
  const { source, reconstruction } = slot.result ?? {};
  useSideBySide(slot.manifest.id, t('compare.saveSide', { model }), slot.result);
  const size = { '--numbers': `${layout.numbers}px`, '--gap': `${layout.gap}px` } as React.CSSProperties;
  const loupe = source && reconstruction && slot.result && (
    <CompareLoupe
      link={link}
      source={source}
      reconstruction={reconstruction.picture}
      grid={slot.result.grid}
      codebookSize={slot.result.counts.length}
      side={layout.loupe}
      className={styles.loupe}
    />
  );
  return (
    <section className={`${styles.row} ${styles[layout.kind]}`} style={size} aria-label={model}>
      <div className={styles.facts}>
        <h2 className={styles.name}>{shortTitle(slot.manifest)}</h2>
        <div className="dimension">{slotFacts(slot)}</div>
        <div className={styles.verbs}>
          <CompareBadge slot={slot} />
          {!alone && <Verbs slot={slot} active={active} />}
        </div>
        {slot.result && <CompareMeasures model={model} lines={lines} line={layout.line} twoColumns={layout.twoColumns} />}
        {layout.kind === 'single' && loupe}
      </div>
      {slot.result && source && reconstruction ? (
        <Pictures {...props} source={source} reconstruction={reconstruction.picture} />
      ) : (
        <Missing slot={slot} layout={layout} />
      )}
      {layout.kind !== 'single' && loupe}
    </section>
  );
}

/** What can be done with a row among others. */
function Verbs({ slot, active }: { readonly slot: Slot; readonly active: boolean }) {
  const { t } = useTexts();
  const actions = useActions();
  const model = modelTitle(slot.manifest, t);
  return (
    <span>
      {active && <span>{t('compare.active')}</span>}
      {!active && slot.phase !== 'opening' && (
        <button
          type="button"
          aria-label={t('compare.activate', { model })}
          onClick={() => void actions.openModel(slot.manifest.id)}
        >
          {t('compare.activateShort')}
        </button>
      )}
      <button type="button" aria-label={t('compare.remove', { model })} onClick={() => actions.closeModel(slot.key)}>
        {t('compare.removeShort')}
      </button>
    </span>
  );
}

interface PicturesProps extends CompareRowProps {
  readonly source: Picture;
  readonly reconstruction: Picture;
}

/** The two panels of a row, by mode. */
function Pictures({ slot, link, layout, mode, shown, differences, scale, source, reconstruction }: PicturesProps) {
  const { t } = useTexts();
  const model = modelTitle(slot.manifest, t);
  const sourcePanel = (
    <ComparePicture link={link} picture={source} title={t('words.source')} label={t('compare.sourcePicture', { model })} />
  );
  const reconstructionPanel = (
    <ComparePicture
      link={link}
      picture={reconstruction}
      title={t('words.reconstruction')}
      label={t('compare.reconstructionPicture', { model })}
    />
  );
  const differencePanel = differences && (
    <CompareDifferenceMap link={link} slot={slot} source={source} differences={differences} scale={scale} />
  );
  if (mode === 'side') {
    const half = layout.kind === 'phone' ? styles.half : undefined;
    return (
      <>
        <div className={half}>{sourcePanel}</div>
        <div className={half}>{reconstructionPanel}</div>
      </>
    );
  }
  if (mode === 'difference') {
    return (
      <>
        {reconstructionPanel}
        {differencePanel}
      </>
    );
  }
  const blinking = shown === 'source' ? source : reconstruction;
  return (
    <>
      {mode === 'split' ? (
        <CompareSplitView link={link} source={source} reconstruction={reconstruction} model={model} />
      ) : (
        <ComparePicture
          link={link}
          picture={blinking}
          title={t(`words.${shown}`)}
          label={t('compare.blinkPicture', { model, shown: t(`words.${shown}`) })}
        />
      )}
      {differencePanel}
    </>
  );
}

/** What stands where pictures will be. */
function Missing({ slot, layout }: { readonly slot: Slot; readonly layout: CompareLayout }) {
  const { t } = useTexts();
  const actions = useActions();
  const failed = slot.phase === 'failed';
  const text = failed ? t('compare.failedRow') : slot.result?.reconstruction ? t('compare.noSource') : t('compare.waiting');
  return (
    <div className={styles.missing} style={{ minHeight: Math.min(120, layout.panel.height) }}>
      <p>{text}</p>
      {failed && (
        <button type="button" className="word-button" onClick={() => void actions.retryModel(slot.key)}>
          {t('compare.retry')}
        </button>
      )}
    </div>
  );
}

function useSideBySide(id: string, title: string, result: Result | undefined): void {
  const source = result?.source;
  const reconstruction = result?.reconstruction?.picture;
  const savable = useMemo<Savable | undefined>(
    () =>
      source && reconstruction
        ? { file: `${id}-compare`, title, formats: { png: () => sideBySide(source, reconstruction) } }
        : undefined,
    [id, title, source, reconstruction],
  );
  useSavable(savable);
}

/** Both pictures at their own size, 16 pixels apart. */
function sideBySide(source: Picture, reconstruction: Picture): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = source.width + 16 + reconstruction.width;
  canvas.height = Math.max(source.height, reconstruction.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmapOf(source), 0, 0);
  context.drawImage(bitmapOf(reconstruction), source.width + 16, 0);
  return canvasBlob(canvas);
}
