import { useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot, useCatalog, useTokenscope } from '../state/hooks.ts';
import type { Slot } from '../state/store.ts';
import { PopoverButton } from '../ui/popover.tsx';
import { showDialog } from './dialogs.ts';
import { conversionFacts, licenceText, manifestFacts, megabytes, modelBytes, modelTitle, shortTitle } from './model-facts.ts';
import styles from './model-picker.module.css';

/** The active model by name and facts; behind it all models: open, beside it, close. */
export function ModelPicker() {
  const { t } = useTexts();
  const slot = useActiveSlot();
  return (
    <PopoverButton
      className={styles.button}
      label={
        <>
          <span className={styles.name}>{slot ? shortTitle(slot.manifest) : t('shell.noModel')}</span>
          {slot && <span className={`dimension ${styles.facts}`}>{manifestFacts(slot.manifest)}</span>}
          <span className={styles.arrow} />
        </>
      }
      title={t('shell.models')}
    >
      {(close) => <Models close={close} />}
    </PopoverButton>
  );
}

function Models({ close }: { readonly close: () => void }) {
  const { t } = useTexts();
  const slots = useTokenscope((state) => state.slots);
  const { askForModel } = useActions();
  const closed = useCatalog().filter(({ id }) => !slots.some((slot) => slot.manifest.id === id));
  return (
    <div className={styles.models}>
      <h2>{t('shell.modelsOpen')}</h2>
      {slots.map((slot, index) => (
        <OpenRow key={slot.key} slot={slot} active={index === 0} alone={slots.length === 1} close={close} />
      ))}
      {closed.length > 0 && <h2>{t('shell.modelsMore')}</h2>}
      {closed.map((model) => (
        <ClosedRow key={model.id} model={model} close={close} />
      ))}
      <div className={styles.further}>
        <button
          type="button"
          className="word-button"
          onClick={() => {
            close();
            askForModel();
            showDialog('model');
          }}
        >
          {t('shell.openAnyModel')}
        </button>
        <button
          type="button"
          className="word-button"
          onClick={() => {
            close();
            showDialog('stored');
          }}
        >
          {t('shell.stored')}
        </button>
      </div>
    </div>
  );
}

interface OpenRowProps {
  readonly slot: Slot;
  readonly active: boolean;
  readonly alone: boolean;
  readonly close: () => void;
}

function OpenRow({ slot, active, alone, close }: OpenRowProps) {
  const { t } = useTexts();
  const { openModel, closeModel, retryModel, canReadAnew, readAnew } = useActions();
  const { manifest, phase } = slot;
  return (
    <div className={styles.row}>
      <div>
        <div className={styles.title}>
          {modelTitle(manifest, t)} {phase !== 'ready' && <span className="badge">{t(`shell.phase.${phase}`)}</span>}
        </div>
        <div className="dimension">{manifestFacts(manifest)}</div>
        <div className="caption">{licenceText(manifest, t)}</div>
        {conversionFacts(manifest, t).map((fact) => (
          <div key={fact} className="caption">
            {fact}
          </div>
        ))}
        {canReadAnew(slot.key) && (
          <button
            type="button"
            className="word-button"
            onClick={() => {
              close();
              readAnew(slot.key);
            }}
          >
            {t('shell.readAnew')}
          </button>
        )}
      </div>
      <div className={styles.verbs}>
        {active && !alone && <span className="caption">{t('shell.active')}</span>}
        {!active && (
          <button type="button" className="word-button" onClick={() => openModel(manifest.id)}>
            {t('shell.show')}
          </button>
        )}
        {phase === 'failed' && (
          <button type="button" className="word-button" onClick={() => retryModel(slot.key)}>
            {t('shell.tryAgain')}
          </button>
        )}
        {!alone && (
          <button
            type="button"
            className="word-button"
            aria-label={t('shell.closeModel', { title: modelTitle(manifest, t) })}
            onClick={() => closeModel(slot.key)}
          >
            {t('shell.close')}
          </button>
        )}
      </div>
    </div>
  );
}

function ClosedRow({ model, close }: { readonly model: ReturnType<typeof useCatalog>[number]; readonly close: () => void }) {
  const { t } = useTexts();
  const { openModel, addModel } = useActions();
  const { manifest, id } = model;
  const verb = (text: string, run: (id: string) => Promise<void>) => (
    <button
      type="button"
      className="word-button"
      onClick={() => {
        close();
        void run(id);
      }}
    >
      {text}
    </button>
  );
  return (
    <div className={styles.row}>
      <div>
        <div className={styles.title}>{modelTitle(manifest, t)}</div>
        <div className="dimension">
          {manifestFacts(manifest)} · {megabytes(modelBytes(manifest))}
        </div>
        <div className="caption">{licenceText(manifest, t)}</div>
      </div>
      <div className={styles.verbs}>
        {verb(t('shell.openModel'), openModel)}
        {verb(t('shell.addModel'), addModel)}
      </div>
    </div>
  );
}
