import { useEffect, useRef } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useTokenscope } from '../state/hooks.ts';
import { CheckpointForm, sameForm } from './checkpoint-form.tsx';
import { useErrorText } from './error-text.ts';
import { megabytes } from './model-facts.ts';
import styles from './open-model-dialog.module.css';
import { type RemoteState, useRemoteModel } from './use-remote-model.ts';

interface ModelOfferProps {
  readonly address: string;
  readonly onBack: () => void;
  readonly onOpen: () => void;
}

/** A model on a server: what it is and what opening it costs; then, and only then, it is fetched. */
export function ModelOffer({ address, onBack, onOpen }: ModelOfferProps) {
  const { t } = useTexts();
  const { state, choose, open, lookAnew, again, stop } = useRemoteModel(address, onOpen);
  const form = useTokenscope(({ checkpoints }) => checkpoints);
  const { stage, model, choice } = state;
  const heading = useRef<HTMLParagraphElement>(null);
  // What was pressed to come here is gone.
  useEffect(() => heading.current?.focus(), []);
  const otherForm = state.stored && !sameForm(state.stored.form, form);
  const busy = stage === 'looking' || stage === 'inspecting';
  return (
    <div className={styles.offer}>
      <p ref={heading} tabIndex={-1} className={styles.address}>
        {address}
      </p>
      {model && model.choices.length > 1 && (
        <label className={styles.choice}>
          <span>{t('models.which')}</span>
          <select
            value={choice?.title}
            disabled={stage === 'fetching'}
            onChange={({ target }) => {
              const chosen = model.choices.find(({ title }) => title === target.value);
              if (chosen) choose(chosen);
            }}
          >
            {model.choices.map(({ title }) => (
              <option key={title}>{title}</option>
            ))}
          </select>
        </label>
      )}
      <Facts state={state} />
      {choice?.kind === 'checkpoint' && stage !== 'fetching' && <CheckpointForm />}
      <p role="status" className={styles.status}>
        {busy && t(stage === 'looking' ? 'models.looking' : 'models.inspecting')}
        {stage === 'offered' && (otherForm ? t('models.isStoredOtherwise') : consentOf(state, t))}
      </p>
      {stage === 'fetching' && <Fetching state={state} />}
      {stage === 'failed' && <Failure state={state} />}
      <div className={styles.verbs}>
        {stage === 'offered' && (
          <button type="button" className={styles.primary} onClick={open}>
            {t(state.stored ? 'models.openStored' : 'models.agree')}
          </button>
        )}
        {stage === 'offered' && otherForm && (
          <button type="button" className="word-button" onClick={lookAnew}>
            {t('models.anew')}
          </button>
        )}
        {stage === 'failed' && (
          <button type="button" className={styles.primary} onClick={again}>
            {t('shell.tryAgain')}
          </button>
        )}
        {stage === 'fetching' && (
          <button type="button" className="word-button" onClick={stop}>
            {t('models.stop')}
          </button>
        )}
        <button type="button" className="word-button" onClick={onBack}>
          {t('models.back')}
        </button>
      </div>
    </div>
  );
}

type Translate = ReturnType<typeof useTexts>['t'];

function consentOf({ facts, model, stored }: RemoteState, t: Translate): string {
  if (stored) return t('models.isStored');
  const host = model?.host ?? '';
  if (!facts) return '';
  if (!facts.wanted) return t('models.consentUnknown', { host });
  const size = megabytes(facts.wanted);
  return facts.whole ? t('models.consentWhole', { host, size }) : t('models.consent', { host, size });
}

function Facts({ state: { model, choice, facts } }: { readonly state: RemoteState }) {
  const { t } = useTexts();
  if (!model) return null;
  const listed = choice?.files.reduce((sum, { bytes = 0 }) => sum + bytes, 0) ?? 0;
  const total = facts?.bytes || listed;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [t('models.host'), model.host],
    [t('models.repository'), model.repository],
    [t('models.files'), choice?.files.map(({ name }) => lastPart(name)).join(', ')],
    [t('models.total'), total ? megabytes(total) : facts ? t('models.unknown') : undefined],
    [t('models.wanted'), facts && !facts.whole ? megabytes(facts.wanted) : undefined],
    [t('models.architecture'), facts?.architecture],
    [t('models.licence'), model.licence ?? t('models.notStated')],
  ];
  return (
    <dl className={styles.facts}>
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function Fetching({ state: { progress, facts } }: { readonly state: RemoteState }) {
  const { t } = useTexts();
  const total = progress?.total || facts?.wanted || 0;
  const loaded = progress?.loaded ?? 0;
  return (
    <div className={styles.fetching}>
      <progress aria-label={t('models.fetching')} max={total || 1} {...(total ? { value: loaded } : {})} />
      <span className={`number ${styles.amount}`}>
        {total ? t('models.progress', { loaded: megabytes(loaded), total: megabytes(total) }) : megabytes(loaded)}
      </span>
    </div>
  );
}

function Failure({ state: { failed, choice } }: { readonly state: RemoteState }) {
  const { t } = useTexts();
  const { what, remedy } = useErrorText();
  if (!failed) return null;
  const blocked = failed.code === 'checkpoint-cors';
  return (
    <div role="alert" className={styles.failure}>
      <p>
        <b>{what(failed)}</b> {remedy(failed)}
      </p>
      {blocked &&
        choice?.files.map(({ name, url }) => (
          <a key={url} href={url} target="_blank" rel="noreferrer">
            {t('models.newTab', { name: lastPart(name) })}
          </a>
        ))}
    </div>
  );
}
