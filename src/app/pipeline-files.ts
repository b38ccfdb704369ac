import { useMemo } from 'react';
import { cellIndex } from '../core/token-grid.ts';
import { useTexts } from '../i18n/index.ts';
import { usePlaygroundStore } from '../state/hooks.ts';
import type { Result, Slot } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { drawingOf } from '../ui/drawing.ts';
import { drawingPng, drawingSvg } from '../ui/drawing-files.ts';
import { canvasBlob, csvBlob, type Savable, svgBlob, useSavable } from '../ui/savable.ts';
import { type SelectedCell, selectedCell } from '../views/selected-cell.ts';
import { tokenPicture } from '../views/token-colours.ts';

/** Pixels for each cell of a saved token map. */
const CELL = 16;

/** Offers the figure and its parts for saving. */
export function usePipelineFiles(figure: HTMLElement | null, slot: Slot | undefined, result: Result | undefined): void {
  const { t } = useTexts();
  const store = usePlaygroundStore();
  const ready = !!slot && !!result;
  const offers = useMemo(() => {
    const now = () => {
      const state = store.getState();
      const active = state.slots[0]!;
      return { state, slot: active, result: active.result!, selected: selectedCell(active, active.result!, state.selection) };
    };
    const whole = () => drawingOf(figure!);
    const part = (anchor: string) => figure!.querySelector<HTMLElement>(`[data-anchor="${anchor}"]`)!;
    const figureFile: Savable = {
      file: 'tokenscope',
      title: t('pipeline.saveFigure'),
      formats: { png: () => drawingPng(whole()), svg: () => drawingSvg(whole()) },
    };
    const tokenMap: Savable = {
      file: 'token-map',
      title: t('pipeline.saveTokenMap'),
      formats: {
        png: () => {
          const { state, ...known } = now();
          return tokenMapPng(known.slot, known.result, state.palette, state.theme === 'dark');
        },
      },
    };
    const latents: Savable = {
      file: 'latents',
      title: t('pipeline.saveLatents'),
      formats: { png: () => drawingPng(drawingOf(part('latents').parentElement!)) },
    };
    const vector: Savable = {
      file: 'latent-vector',
      title: t('pipeline.saveVector'),
      formats: {
        svg: () => svgBlob(part('vector').querySelector('svg')!),
        csv: () => vectorCsv(now().selected),
      },
    };
    const nearest: Savable = {
      file: 'nearest-entries',
      title: t('pipeline.saveNearest'),
      formats: { csv: () => nearestCsv(now().result, now().selected) },
    };
    return { figureFile, tokenMap, latents, vector, nearest };
  }, [figure, store, t]);
  useSavable(ready ? offers.figureFile : undefined);
  useSavable(ready ? offers.tokenMap : undefined);
  useSavable(result?.latents ? offers.latents : undefined);
  useSavable(result?.latents ? offers.vector : undefined);
  useSavable(result?.nearest ? offers.nearest : undefined);
}

function tokenMapPng(slot: Slot, result: Result, palette: Parameters<typeof tokenPicture>[2], dark: boolean): Promise<Blob> {
  const picture = bitmapOf(tokenPicture(slot, result, palette, dark));
  const canvas = document.createElement('canvas');
  canvas.width = picture.width * CELL;
  canvas.height = picture.height * CELL;
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvasBlob(canvas);
}

function vectorCsv({ vector, entryVector }: SelectedCell): Blob {
  const rows = Array.from(vector ?? [], (value, channel) => [channel, value, entryVector?.[channel] ?? null]);
  return csvBlob(['channel', 'latent', 'entry'], rows);
}

/** The nearest entries of the selected cell, the winner first. */
function nearestCsv({ grid, nearest }: Result, { cell }: SelectedCell): Blob {
  const { count, entries, distances } = nearest!;
  const index = cellIndex(grid.shape, cell);
  const rows = Array.from({ length: count }, (_, i) => [i + 1, entries[index * count + i]!, distances[index * count + i]!]);
  return csvBlob(['rank', 'entry', 'distance'], rows);
}
