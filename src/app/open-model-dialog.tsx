import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import { addTexts, useTexts } from '../i18n/index.ts';
import { models } from '../i18n/texts/models.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import { Dialog } from '../ui/dialog.tsx';
import { CheckpointForm } from './checkpoint-form.tsx';
import { showDialog } from './dialogs.ts';
import { EXPORT_SCRIPT } from './export-script.ts';
import { megabytes } from './model-facts.ts';
import { ModelOffer } from './model-offer.tsx';
import styles from './open-model-dialog.module.css';
import { pickFiles } from './pick-files.ts';
import { type PublishedModel, publishedFacts, publishedModels } from './published-models.ts';

addTexts('models', models);

/** Any tokenizer: files of one's own, an address, one kept here, or one of those that are published. */
export default function OpenModelDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const wanted = useTokenscope((state) => state.wanted);
  const [address, setAddress] = useState(wanted?.address);
  // Another address may be dropped while this is open.
  useEffect(() => setAddress(wanted?.address), [wanted]);
  return (
    <Dialog title={t('models.title')} closeText={t('shell.close')} onClose={onClose}>
      {address === undefined ? (
        <Ways onAddress={setAddress} onClose={onClose} />
      ) : (
        <ModelOffer key={address} address={address} onBack={() => setAddress(undefined)} onOpen={onClose} />
      )}
    </Dialog>
  );
}

interface WaysProps {
  readonly onAddress: (address: string) => void;
  readonly onClose: () => void;
}

function Ways({ onAddress, onClose }: WaysProps) {
  const { t } = useTexts();
  return (
    <>
      <p className={styles.lead}>{t('models.lead')}</p>
      <Files onClose={onClose} />
      <Address onAddress={onAddress} />
      <CheckpointForm onAgain={onClose} />
      <Stored onClose={onClose} />
      <Published onAddress={onAddress} />
      <details className={styles.export}>
        <summary>{t('models.export')}</summary>
        <p className="caption">{t('models.exportHint')}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must be able to. */}
        <pre tabIndex={0}>{EXPORT_SCRIPT}</pre>
      </details>
    </>
  );
}

function Files({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { openFiles, report } = useActions();
  const pick = async (what: 'models' | 'folder') => {
    const files = await pickFiles(what);
    if (files.length === 0) return;
    onClose();
    await openFiles(files).catch(report);
  };
  return (
    <div className={styles.ways}>
      <button type="button" onClick={() => pick('models')}>
        <b>{t('models.ownFiles')}</b>
        <span>{t('models.ownFilesHint')}</span>
      </button>
      <button type="button" onClick={() => pick('folder')}>
        <b>{t('models.ownFolder')}</b>
        <span>{t('models.ownFolderHint')}</span>
      </button>
    </div>
  );
}

function Address({ onAddress }: Pick<WaysProps, 'onAddress'>) {
  const { t } = useTexts();
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const address = field.current?.value.trim();
    if (address) onAddress(address);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label>
        <span>{t('models.address')}</span>
        <input
          ref={field}
          type="text"
          required
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          placeholder={t('models.addressExample')}
        />
      </label>
      <button type="submit" className="word-button">
        {t('models.look')}
      </button>
    </form>
  );
}

/** Models that were converted from a server before: these need no network. */
function Stored({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { storedModels, openStoredModel } = useActions();
  const [models, setModels] = useState<Awaited<ReturnType<typeof storedModels>>>([]);
  useEffect(() => void storedModels().then(setModels), [storedModels]);
  const whole = models.filter(({ opens }) => opens);
  if (whole.length === 0) return null;
  return (
    <section>
      <h3 className={styles.section}>{t('models.here')}</h3>
      <ul className={styles.list}>
        {whole.map(({ id, title = id, bytes }) => (
          <li key={id}>
            <div className={styles.about}>
              <b>{title}</b>
              <span className="caption number">{megabytes(bytes)}</span>
            </div>
            <button
              type="button"
              className="word-button"
              aria-label={t('models.openNamed', { title })}
              onClick={() => {
                onClose();
                void openStoredModel(id);
              }}
            >
              {t('shell.openModel')}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="word-button" onClick={() => showDialog('stored')}>
        {t('shell.stored')}
      </button>
    </section>
  );
}

function Published({ onAddress }: Pick<WaysProps, 'onAddress'>) {
  const { t } = useTexts();
  const families = useMemo(() => {
    const found = new Map<string, PublishedModel[]>();
    for (const model of publishedModels) found.set(model.family, [...(found.get(model.family) ?? []), model]);
    return [...found].sort(([a], [b]) => a.localeCompare(b));
  }, []);
  return (
    <section>
      <h3 className={styles.section}>{t('models.published')}</h3>
      <p className="caption">{t('models.publishedHint')}</p>
      {families.map(([family, models]) => (
        <div key={family} className={styles.family}>
          <h4>{family}</h4>
          <ul className={styles.list}>
            {models.map((model) => (
              <PublishedRow key={model.address} model={model} onAddress={onAddress} />
            ))}
          </ul>
        </div>
      ))}
      <p className="caption">{t('models.elsewhere')}</p>
    </section>
  );
}

function PublishedRow({ model, onAddress }: { readonly model: PublishedModel } & Pick<WaysProps, 'onAddress'>) {
  const { t } = useTexts();
  const { title, address, computed, unverified = [] } = model;
  return (
    <li>
      <div className={styles.about}>
        <b>{title}</b>
        <span className="dimension">
          {publishedFacts(model)}
          {computed !== undefined && ` · ${t('models.computed', { size: megabytes(computed) })}`}
        </span>
        <span className={styles.where}>{address}</span>
        <span className={`caption ${styles.licence}`}>
          {licenceOf(model, t)}
          {unverified.includes('place') && ` ${t('models.placeUnverified')}`}
        </span>
      </div>
      <button
        type="button"
        className="word-button"
        aria-label={t('models.openNamed', { title })}
        onClick={() => onAddress(address)}
      >
        {t('shell.openModel')}
      </button>
    </li>
  );
}

function licenceOf({ licence, unverified = [] }: PublishedModel, t: ReturnType<typeof useTexts>['t']): string {
  if (!licence) return t('models.licenceNone');
  if (unverified.includes('licence')) return t('models.licenceUnverified', { name: licence.name });
  return licence.of === 'code'
    ? t('models.licenceCode', { name: licence.name })
    : t('models.licenceWeights', { name: licence.name });
}
