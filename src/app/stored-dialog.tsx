import { useEffect, useState } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions, useCatalog } from '../state/hooks.ts';
import { Dialog } from '../ui/dialog.tsx';
import styles from './list.module.css';
import { megabytes, modelTitle } from './model-facts.ts';

/** What this site keeps on the visitor's machine: models, with their size and a way to delete them. */
export default function StoredDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { storedModels, deleteStoredModel, openStoredModel } = useActions();
  const [models, setModels] = useState<Awaited<ReturnType<typeof storedModels>>>();
  useEffect(() => void storedModels().then(setModels), [storedModels]);
  const remove = async (id: string) => {
    await deleteStoredModel(id);
    setModels(await storedModels());
  };
  const catalog = useCatalog();
  // Of the page's own models only weights are stored: what they are called is in the catalog.
  const stored = models?.map((model) => {
    const title = model.title ?? catalog.find(({ id }) => id === model.id)?.manifest.title ?? model.id;
    return { ...model, title: modelTitle({ title }, t) };
  });
  const total = models?.reduce((sum, model) => sum + model.bytes, 0) ?? 0;
  return (
    <Dialog title={t('shell.stored')} closeText={t('shell.close')} onClose={onClose}>
      <p className="caption">{t('shell.storedHint')}</p>
      <ul className={styles.list}>
        {stored?.map(({ id, title, bytes, opens, begun }) => (
          <li key={id}>
            <span>
              {opens ? (
                <button
                  type="button"
                  className="word-button"
                  onClick={() => {
                    onClose();
                    void openStoredModel(id);
                  }}
                >
                  {title}
                </button>
              ) : (
                title
              )}{' '}
              {begun && <span className="badge">{t('checkpoints.begun')}</span>}
            </span>
            <span className="number">{megabytes(bytes)}</span>
            <button
              type="button"
              className="word-button"
              aria-label={t('shell.deleteModel', { title })}
              onClick={() => remove(id)}
            >
              {t('shell.delete')}
            </button>
          </li>
        ))}
        {models?.length === 0 && <li>{t('shell.storedNone')}</li>}
        {models && models.length > 1 && (
          <li>
            <b>{t('shell.total')}</b>
            <b className="number">{megabytes(total)}</b>
          </li>
        )}
      </ul>
    </Dialog>
  );
}
