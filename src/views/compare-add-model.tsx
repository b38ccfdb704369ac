import { Menu } from '@base-ui/react/menu';
import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import styles from './compare-add-model.module.css';

interface CompareAddModelProps {
  /** Models that come with the page. */
  readonly models: readonly { readonly id: string; readonly title: string; readonly facts: string }[];
}

/** A menu of the models that are not open yet; the chosen one becomes a further row. */
export function CompareAddModel({ models }: CompareAddModelProps) {
  const { t } = useTexts();
  const actions = useActions();
  const slots = useTokenscope((state) => state.slots);
  const closed = models.filter(({ id }) => !slots.some((slot) => slot.manifest.id === id));
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={`word-button ${styles.trigger}`}>+ {t('compare.addModel')}</Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={8} align="start" className={styles.positioner}>
          <Menu.Popup className={styles.popup}>
            {closed.length === 0 && <p className={styles.none}>{t('compare.allOpen')}</p>}
            {closed.map(({ id, title, facts }) => (
              <Menu.Item key={id} className={styles.item} onClick={() => void actions.addModel(id)}>
                <span>{title}</span>
                <span className="dimension">{facts}</span>
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
