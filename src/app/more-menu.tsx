import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import { PopoverButton } from '../ui/popover.tsx';
import { type DialogName, showDialog } from './dialogs.ts';
import styles from './more-menu.module.css';

/** What the bar has no room for on narrow screens. */
export function MoreMenu() {
  const { t } = useTexts();
  const language = useTokenscope((state) => state.language);
  const theme = useTokenscope((state) => state.theme);
  const { setLanguage, setTheme } = useActions();
  const otherTheme = theme === 'light' ? 'dark' : 'light';
  return (
    <span className={styles.more}>
      <PopoverButton className={styles.button} label="⋯" name={t('shell.more')} title={t('shell.more')}>
        {(close) => {
          const row = (text: string, run: () => void) => (
            <button
              type="button"
              className={styles.row}
              onClick={() => {
                close();
                run();
              }}
            >
              {text}
            </button>
          );
          const dialog = (name: DialogName) => () => showDialog(name);
          return (
            <div className={styles.rows}>
              {row(t('shell.openTitle'), dialog('open'))}
              {row(t('shell.saveTitle'), dialog('save'))}
              {row(language === 'en' ? '中文' : 'English', () => setLanguage(language === 'en' ? 'zh' : 'en'))}
              {row(t(`shell.${otherTheme}`), () => setTheme(otherTheme))}
              {row(t('shell.help'), dialog('keys'))}
            </div>
          );
        }}
      </PopoverButton>
    </span>
  );
}
