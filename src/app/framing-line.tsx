import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import { showDialog } from './dialogs.ts';
import styles from './framing-line.module.css';

/** How the picture became what the model sees, under the source; a press opens the editor. */
export function FramingLine() {
  const { t } = useTexts();
  const source = useTokenscope((state) => state.source);
  const fit = useTokenscope((state) => state.framing.fit);
  const camera = useTokenscope((state) => state.camera.running);
  const { stopCamera } = useActions();
  if (!source) return <p className={styles.line}> </p>;
  if (source.kind === 'tokens') return <p className={styles.line}>{t('shell.framing.tokens')}</p>;
  if (camera) {
    return (
      <button type="button" className={`${styles.line} word-button`} onClick={stopCamera}>
        {t('shell.stopCamera')}
      </button>
    );
  }
  const size = `${source.width}×${source.height}`;
  return (
    <button
      type="button"
      className={`${styles.line} word-button`}
      title={t('shell.framing.edit')}
      data-large={size.length > 7 || undefined}
      onClick={() => showDialog('framing')}
    >
      <span className={styles.long}>{t(`shell.framing.line.${fit}`, { size })}</span>
      <span className={styles.short}>{size}</span>
    </button>
  );
}
