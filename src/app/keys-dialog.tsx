import { useTexts } from '../i18n/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { useShortcutGroups } from '../ui/shortcuts.ts';
import { showDialog } from './dialogs.ts';
import styles from './keys-dialog.module.css';

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Shift: '⇧',
  ' ': 'Space',
  '([0-9])': '0–9',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** `Shift+?` → `?`, `Shift+ArrowLeft` → `⇧ ←`: as it stands on the keyboard. */
function keyNames(keys: string): string[] {
  const parts = keys.replace(/^Shift\+(?=[^A-Za-z]$)/, '').split(/[+ ](?=.)/);
  return parts.map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part.replace(/^Key/, '')));
}

/** Every key that works now, and what else there is to know about the page. */
export default function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const groups = useShortcutGroups();
  return (
    <Dialog title={t('shell.keys.title')} closeText={t('shell.close')} onClose={onClose} wide>
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group.title}>
            <h2>{group.title}</h2>
            <dl>
              {group.shortcuts.map((shortcut) => (
                <div key={shortcut.keys}>
                  <dt>
                    {keyNames(shortcut.keys).map((name) => (
                      <kbd key={name}>{name}</kbd>
                    ))}
                  </dt>
                  <dd>{shortcut.text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={`caption ${styles.private}`}>{t('shell.keys.private')}</p>
      <div className={styles.more}>
        <button type="button" className="word-button" onClick={() => showDialog('self-test')}>
          {t('shell.selfTest.title')}
        </button>
        <button type="button" className="word-button" onClick={() => showDialog('stored')}>
          {t('shell.stored')}
        </button>
      </div>
    </Dialog>
  );
}
