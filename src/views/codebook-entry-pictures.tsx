import { useCallback, useEffect, useMemo } from 'react';
import type { Picture } from '../core/picture.ts';
import type { GridShape } from '../core/token-grid.ts';
import { number, useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import type { Result, Slot } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { Canvas } from '../ui/canvas.tsx';
import styles from './codebook-entry-card.module.css';
import { meanPatch, patchRect, patchSquares } from './codebook-patches.ts';
import { drawEntryPicture } from './codebook-pictures.ts';

/** So many source patches are shown at most. */
const PATCHES = 24;

interface CodebookEntryPicturesProps {
  readonly slot: Slot;
  readonly result: Result | undefined;
  readonly entry: number;
  /** Raster positions of its cells. */
  readonly places: readonly number[];
  readonly side: number;
  /** Width for the source patches. */
  readonly room: number;
}

/** What an entry looks like, three honest ways: decoded alone, the mean of its places, the patches that became it. */
export function CodebookEntryPictures({ slot, result, entry, places, side, room }: CodebookEntryPicturesProps) {
  const { t } = useTexts();
  const { source, reconstruction, grid } = result ?? {};
  const mean = useMemo(
    () => reconstruction && grid && meanPatch(reconstruction.picture, grid.shape, places),
    [reconstruction, grid, places],
  );
  return (
    <div className={styles.pictures}>
      <figure>
        <DecodedAlone slot={slot} entry={entry} side={side} />
        <figcaption>{t('codebook.decodedAlone')}</figcaption>
      </figure>
      <figure>
        {mean ? <Enlarged picture={mean} side={side} label={t('codebook.meanOfPlaces')} /> : <Nothing side={side} />}
        <figcaption>{t('codebook.meanOfPlaces')}</figcaption>
      </figure>
      <figure>
        {source && grid && places.length > 0 ? (
          <SourcePatches source={source} shape={grid.shape} places={places} width={room} height={side} />
        ) : (
          <Nothing side={side} text={t(places.length > 0 ? 'codebook.noPatches' : 'codebook.notHere')} width={room} />
        )}
        <figcaption>
          {places.length > PATCHES
            ? t('codebook.somePatches', { shown: PATCHES, all: number(places.length) })
            : t('codebook.sourcePatches')}
        </figcaption>
      </figure>
    </div>
  );
}

function Nothing({ side, width = side, text }: { readonly side: number; readonly width?: number; readonly text?: string }) {
  return (
    <div className={styles.nothing} style={{ width, height: side }}>
      {text}
    </div>
  );
}

/** The entry's own picture; asked for when it is not drawn yet. */
function DecodedAlone({ slot, entry, side }: { readonly slot: Slot; readonly entry: number; readonly side: number }) {
  const { t } = useTexts();
  const actions = useActions();
  const pictures = slot.entryPictures;
  const known = pictures?.known[entry] === 1;
  const { key } = slot;
  useEffect(() => {
    if (!known) actions.wantEntryPictures(key, [entry]);
  }, [actions, known, key, entry]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.imageSmoothingEnabled = false;
      drawEntryPicture(context, pictures, entry, 0, 0, side);
    },
    [pictures, entry, side],
  );
  if (!known) return <Nothing side={side} text={t(slot.model ? 'codebook.drawing' : 'codebook.drawnLater')} />;
  return <Canvas width={side} height={side} draw={draw} role="img" aria-label={t('codebook.decodedAlone')} />;
}

function Enlarged({ picture, side, label }: { readonly picture: Picture; readonly side: number; readonly label: string }) {
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.imageSmoothingEnabled = false;
      context.drawImage(bitmapOf(picture), 0, 0, side, side);
    },
    [picture, side],
  );
  return <Canvas width={side} height={side} draw={draw} role="img" aria-label={label} />;
}

interface SourcePatchesProps {
  readonly source: Picture;
  readonly shape: GridShape;
  readonly places: readonly number[];
  readonly width: number;
  readonly height: number;
}

function SourcePatches({ source, shape, places, width, height }: SourcePatchesProps) {
  const { t } = useTexts();
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const { side, columns, shown } = patchSquares(Math.min(PATCHES, places.length), width, height, height);
      context.imageSmoothingEnabled = false;
      for (let i = 0; i < shown; i++) {
        const { x, y, width: w, height: h } = patchRect(source, shape, places[i]!);
        context.drawImage(
          bitmapOf(source),
          x,
          y,
          w,
          h,
          (i % columns) * (side + 2),
          Math.floor(i / columns) * (side + 2),
          side,
          side,
        );
      }
    },
    [source, shape, places, width, height],
  );
  return <Canvas width={width} height={height} draw={draw} role="img" aria-label={t('codebook.sourcePatches')} />;
}
