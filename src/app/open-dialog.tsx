import { type FormEvent, useRef } from 'react';
import { useTexts } from '../i18n/index.ts';
import { pickFromFolder } from '../media/dropped-files.ts';
import { useActions, useSamples, useTokenscope } from '../state/hooks.ts';
import { modelKind } from '../state/model-files.ts';
import { Dialog } from '../ui/dialog.tsx';
import { showDialog } from './dialogs.ts';
import styles from './open-dialog.module.css';
import { pickFiles } from './pick-files.ts';
import { SampleButton } from './sample-strip.tsx';

/** Everything that can be looked at: samples, files, a folder, the camera, an address, token indices. */
export default function OpenDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const samples = useSamples();
  const chosen = useTokenscope((state) => state.source?.sample);
  const { openFiles, startCamera, askForModel, report } = useActions();
  const pick = async (what: 'files' | 'folder') => {
    const chosen = await pickFiles(what);
    if (chosen.length === 0) return;
    onClose();
    try {
      const { files, remarks } = what === 'folder' ? pickFromFolder(chosen) : { files: chosen, remarks: [] };
      if (files.length > 1 && !(await modelKind(files))) showDialog('tray');
      await openFiles(files, remarks);
    } catch (error) {
      report(error);
    }
  };
  return (
    <Dialog title={t('shell.openTitle')} closeText={t('shell.close')} onClose={onClose}>
      <div className={styles.samples}>
        {samples.map((sample) => (
          <figure key={sample.id}>
            <SampleButton sample={sample} chosen={sample.id === chosen} onOpen={onClose} />
            <figcaption>{t(`sources.sample.${sample.id}` as 'sources.sample.card')}</figcaption>
          </figure>
        ))}
      </div>
      <div className={styles.ways}>
        <button type="button" onClick={() => pick('files')}>
          <b>{t('shell.open.files')}</b>
          <span>{t('shell.open.filesHint')}</span>
        </button>
        <button type="button" onClick={() => pick('folder')}>
          <b>{t('shell.open.folder')}</b>
          <span>{t('shell.open.folderHint')}</span>
        </button>
        <button
          type="button"
          onClick={() => {
            onClose();
            void startCamera();
          }}
        >
          <b>{t('shell.open.camera')}</b>
          <span>{t('shell.open.cameraHint')}</span>
        </button>
        <button type="button" onClick={() => showDialog('tokens')}>
          <b>{t('shell.open.tokens')}</b>
          <span>{t('shell.open.tokensHint')}</span>
        </button>
      </div>
      <Address onClose={onClose} />
      <p className="caption">{t('shell.open.drop')}</p>
      <button
        type="button"
        className={`word-button ${styles.model}`}
        onClick={() => {
          askForModel();
          showDialog('model');
        }}
      >
        {t('shell.openAnyModel')}
      </button>
    </Dialog>
  );
}

function Address({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { openUrl } = useActions();
  const field = useRef<HTMLInputElement>(null);
  const open = (event: FormEvent) => {
    event.preventDefault();
    const address = field.current?.value.trim();
    if (!address) return;
    onClose();
    void openUrl(address);
  };
  return (
    <form className={styles.address} onSubmit={open}>
      <label>
        <span className="unseen">{t('shell.open.address')}</span>
        <input ref={field} type="url" required placeholder={t('shell.open.address')} />
      </label>
      <button type="submit" className="word-button">
        {t('shell.open.go')}
      </button>
    </form>
  );
}
