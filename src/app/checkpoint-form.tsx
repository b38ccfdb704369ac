import { useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot, useTokenscope } from '../state/hooks.ts';
import type { State } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import styles from './checkpoint-form.module.css';
import { shortTitle } from './model-facts.ts';

type Form = State['checkpoints'];

const WEIGHTS = ['stored', 'half'] as const;
const GRAPHS = ['plain', 'fast'] as const;

/** A model that does not say how it was converted was converted as all were then. */
export function sameForm({ weights, graph }: Form = { weights: 'stored', graph: 'plain' }, wanted: Form): boolean {
  return weights === wanted.weights && graph === wanted.graph;
}

interface CheckpointFormProps {
  /** The model on screen was opened again; without it, that is not offered. */
  readonly onAgain?: () => void;
}

/** How checkpoints become models, wherever they come from: two choices, and what each of them costs. */
export function CheckpointForm({ onAgain }: CheckpointFormProps) {
  const { t } = useTexts();
  const form = useTokenscope((state) => state.checkpoints);
  const { setCheckpointForm } = useActions();
  const { weights, graph } = form;
  return (
    <details className={styles.form}>
      <summary>
        <b>{t('models.form')}</b>
        <span>
          {t(`models.formNow.${weights}`)} · {t(`models.formNow.${graph}`)}
        </span>
      </summary>
      <div className={styles.choice}>
        <Choices
          name={t('models.weights')}
          showName
          value={weights}
          options={WEIGHTS.map((value) => ({ value, text: t(`models.weightsAre.${value}`) }))}
          onChange={(value) => setCheckpointForm({ weights: value })}
        />
        <p className="caption">{t(`models.weightsHint.${weights}`)}</p>
      </div>
      <div className={styles.choice}>
        <Choices
          name={t('models.graph')}
          showName
          value={graph}
          options={GRAPHS.map((value) => ({ value, text: t(`models.graphIs.${value}`) }))}
          onChange={(value) => setCheckpointForm({ graph: value })}
        />
        <p className="caption">{t(`models.graphHint.${graph}`)}</p>
      </div>
      {onAgain && <Again form={form} onAgain={onAgain} />}
    </details>
  );
}

/** The model on screen, when it came from a checkpoint at hand in another form. */
function Again({ form, onAgain }: { readonly form: Form } & Required<CheckpointFormProps>) {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const { canConvertAgain, convertAgain } = useActions();
  if (!slot || sameForm(slot.manifest.conversion, form) || !canConvertAgain(slot.key)) return null;
  return (
    <button
      type="button"
      className={`word-button ${styles.again}`}
      onClick={() => {
        onAgain();
        void convertAgain(slot.key);
      }}
    >
      {t('models.again', { title: shortTitle(slot.manifest) })}
    </button>
  );
}
