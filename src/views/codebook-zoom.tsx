import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { useTexts } from '../i18n/index.ts';
import { clampView, FIT, type Frame, type View, zoomView } from '../ui/viewport.ts';
import styles from './codebook-canvas.module.css';

/** Larger, smaller, all: for those without a wheel. */
export function CodebookZoom({ frame, view }: { readonly frame: Frame; readonly view: StoreApi<View> }) {
  const { t } = useTexts();
  const zoomedIn = useStore(view, (now) => clampView(now, frame).zoom !== 0);
  const zoom = (factor: number) => () => view.setState(zoomView(view.getState(), factor, frame));
  return (
    // biome-ignore lint/a11y/useSemanticElements: three buttons are no fieldset
    <div role="group" className={styles.zoom} aria-label={t('codebook.zoom')}>
      {zoomedIn && (
        <>
          <button type="button" className={styles.all} onClick={() => view.setState(FIT)}>
            {t('codebook.fit')}
          </button>
          <button type="button" aria-label={t('codebook.smaller')} title={t('codebook.smaller')} onClick={zoom(1 / 1.6)}>
            −
          </button>
        </>
      )}
      <button type="button" aria-label={t('codebook.larger')} title={t('codebook.larger')} onClick={zoom(1.6)}>
        +
      </button>
    </div>
  );
}
