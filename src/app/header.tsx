import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import { showDialog } from './dialogs.ts';
import styles from './header.module.css';
import { ModelPicker } from './model-picker.tsx';
import { MoreMenu } from './more-menu.tsx';
import { PlacesNav } from './places-nav.tsx';
import { ProviderBadge } from './provider-badge.tsx';
import { RunBadge } from './run-badge.tsx';

export function Header() {
  const { t } = useTexts();
  return (
    <header className={styles.bar}>
      <PlacesNav />
      <div className={styles.status}>
        <TrayButton />
        <ModelPicker />
        <ProviderBadge />
        <RunBadge />
        <span className={styles.separator} />
        <div className={styles.wide}>
          <button type="button" className={styles.word} onClick={() => showDialog('save')}>
            {t('shell.save')}
          </button>
          <LanguageButton />
          <ThemeButton />
          <button type="button" className={styles.word} aria-label={t('shell.help')} onClick={() => showDialog('keys')}>
            ?
          </button>
        </div>
        <MoreMenu />
      </div>
    </header>
  );
}

function LanguageButton() {
  const language = useTokenscope((state) => state.language);
  const { setLanguage } = useActions();
  const other = language === 'en' ? 'zh' : 'en';
  return (
    <button type="button" className={styles.word} lang={other} onClick={() => setLanguage(other)}>
      {language === 'en' ? '中文' : 'English'}
    </button>
  );
}

function ThemeButton() {
  const { t } = useTexts();
  const theme = useTokenscope((state) => state.theme);
  const { setTheme } = useActions();
  const other = theme === 'light' ? 'dark' : 'light';
  return (
    <button type="button" className={styles.word} onClick={() => setTheme(other)}>
      {t(`shell.${other}`)}
    </button>
  );
}

/** Only there while there is a tray: how many pictures, and how far the run is. */
function TrayButton() {
  const { t } = useTexts();
  const items = useTokenscope((state) => state.tray.items.length);
  const run = useTokenscope((state) => state.tray.run);
  if (items === 0) return null;
  return (
    <button type="button" className={styles.word} onClick={() => showDialog('tray')}>
      {t('shell.trayButton')} <span className="number">{run?.running ? `${run.done}/${run.total}` : items}</span>
    </button>
  );
}
