import { useTexts } from '../i18n/index.ts';
import { clipSamples } from '../media/samples.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import styles from './clip-empty.module.css';
import { pickFiles } from './pick-files.ts';
import { SampleButton } from './sample-strip.tsx';

/** What the Clip place is for, and clips to begin with. */
export function ClipEmpty() {
  const { t } = useTexts();
  const { openFiles, startCamera } = useActions();
  const opening = useTokenscope((state) => state.source?.clip !== undefined || state.busy === 'opening-source');
  const chosen = useTokenscope((state) => state.source?.sample);
  const pick = async () => {
    const files = await pickFiles('files');
    if (files.length > 0) await openFiles(files);
  };
  return (
    <div className={styles.empty}>
      <h1>{t('clip.titleNone')}</h1>
      <p>{opening ? t('shell.loading') : t('clip.noneHint')}</p>
      <div className={styles.samples}>
        {clipSamples.map((sample) => (
          <figure key={sample.id}>
            <SampleButton sample={sample} chosen={sample.id === chosen} />
            <figcaption className="caption">{t(`sources.sample.${sample.id}` as 'sources.sample.card')}</figcaption>
          </figure>
        ))}
      </div>
      <p className={styles.ways}>
        <button type="button" className="word-button" onClick={() => void pick()}>
          {t('clip.openFile')}
        </button>
        <button type="button" className="word-button" onClick={() => void startCamera()}>
          {t('clip.camera')}
        </button>
      </p>
    </div>
  );
}
