import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import { PopoverButton } from '../ui/popover.tsx';
import styles from './compare-add-model.module.css';

interface CompareAddModelProps {
  /** Models that come with the page. */
  readonly models: readonly { readonly id: string; readonly title: string; readonly facts: string }[];
}

/** The models that are not open yet; the chosen one becomes a further row. */
export function CompareAddModel({ models }: CompareAddModelProps) {
  const { t } = useTexts();
  const actions = useActions();
  const slots = useTokenscope((state) => state.slots);
  const closed = models.filter(({ id }) => !slots.some((slot) => slot.manifest.id === id));
  return (
    <PopoverButton className={`word-button ${styles.trigger}`} label={`+ ${t('compare.addModel')}`} title={t('compare.addModel')}>
      {(close) => (
        <div className={styles.list}>
          {closed.length === 0 && <p className={styles.none}>{t('compare.allOpen')}</p>}
          {closed.map(({ id, title, facts }) => (
            <button
              key={id}
              type="button"
              className={styles.item}
              onClick={() => {
                close();
                void actions.addModel(id);
              }}
            >
              <span>{title}</span>
              <span className="dimension">{facts}</span>
            </button>
          ))}
        </div>
      )}
    </PopoverButton>
  );
}
