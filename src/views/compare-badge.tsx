import { useTexts } from '../i18n/index.ts';
import type { Slot } from '../state/store.ts';

/** Whether a row shows a recorded result or one of this machine, and what is under way. */
export function CompareBadge({ slot }: { readonly slot: Slot }) {
  return (
    <span className="badge" role="status">
      {useBadge(slot)}
    </span>
  );
}

function useBadge({ phase, progress, result }: Slot): string {
  const { t } = useTexts();
  if (phase === 'failed') return t('compare.failed');
  if (phase === 'opening') {
    if (progress?.stage === 'download' && progress.total > 0) {
      return t('compare.downloading', { percent: Math.floor((100 * progress.loaded) / progress.total) });
    }
    if (progress?.stage === 'prepare') return t('compare.preparing');
    return progress?.stage === 'check' ? t('compare.checking') : t('compare.opening');
  }
  if (phase === 'ready') return result && !result.recorded ? t('words.live') : t('compare.running');
  return t('words.recorded');
}
