import { type ComponentType, lazy, Suspense } from 'react';
import { ErrorBoundary, type FallbackProps } from 'react-error-boundary';
import { useTexts } from '../i18n/index.ts';
import { useTokenscope } from '../state/hooks.ts';
import type { Place } from '../state/store.ts';
import PipelinePlace from './pipeline-place.tsx';
import styles from './place-frame.module.css';

const components: Record<Place, ComponentType> = {
  pipeline: PipelinePlace,
  compare: lazy(async () => ({ default: (await import('./compare-place.tsx')).ComparePlace })),
  codebook: lazy(async () => ({ default: (await import('./codebook-place.tsx')).CodebookPlace })),
  clip: lazy(async () => ({ default: (await import('./clip-place.tsx')).ClipPlace })),
};

/** The place the visitor is in. A view that breaks takes its place with it, never the page. */
export function PlaceFrame() {
  const { t } = useTexts();
  const place = useTokenscope((state) => state.place);
  const Shown = components[place];
  return (
    <main id="place" className={styles.place} tabIndex={-1} aria-label={t(`shell.${place}`)}>
      <ErrorBoundary FallbackComponent={Broken} resetKeys={[place]}>
        <Suspense fallback={<p className={styles.waiting}>{t('shell.loading')}</p>}>
          <Shown />
        </Suspense>
      </ErrorBoundary>
    </main>
  );
}

function Broken({ error, resetErrorBoundary }: FallbackProps) {
  const { t } = useTexts();
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className={styles.broken}>
      <h1>{t('shell.broken')}</h1>
      <p className="number">{message}</p>
      <button type="button" className="word-button" onClick={resetErrorBoundary}>
        {t('shell.tryAgain')}
      </button>
    </div>
  );
}
