import { number, useTexts } from '../i18n/index.ts';
import { useActiveSlot, useTokenscope } from '../state/hooks.ts';
import type { Slot } from '../state/store.ts';
import styles from './run-badge.module.css';

/** What the figures on screen are: recorded, on the way, or live (then nothing is said). */
export function RunBadge() {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const busy = useTokenscope((state) => state.busy);
  const camera = useTokenscope((state) => state.camera);
  if (!slot) return null;
  const text =
    slot.phase === 'opening' ? undefined : busy === 'encoding' || busy === 'decoding' ? t(`shell.busy.${busy}`) : undefined;
  if (camera.running)
    return (
      <span className={`badge number ${styles.steady}`}>
        {t('shell.framesPerSecond', { frames: number(camera.framesPerSecond, 1) })}
      </span>
    );
  if (slot.phase === 'failed') return <span className="badge">{t('shell.failed')}</span>;
  return (
    <span className={styles.run}>
      {slot.result?.recorded && <span className="badge">{t('words.recorded')}</span>}
      {slot.phase === 'opening' && <Opening progress={slot.progress} />}
      {text && !slot.result && <span className={styles.text}>{text}</span>}
    </span>
  );
}

/** A thin bar under the word: bytes while downloading, full while the model is prepared and checked. */
function Opening({ progress }: { readonly progress: Slot['progress'] }) {
  const { t } = useTexts();
  const share = progress?.stage === 'download' && progress.total > 0 ? progress.loaded / progress.total : undefined;
  const text = progress ? t(`shell.progress.${progress.stage}`) : t('shell.progress.start');
  return (
    <span className={styles.opening}>
      <span>
        {text} {share !== undefined && <span className="number">{Math.floor(share * 100)} %</span>}
      </span>
      <progress max={1} value={progress ? (share ?? 1) : 0} aria-label={text} />
    </span>
  );
}
