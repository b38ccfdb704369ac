import { useTexts } from '../i18n/index.ts';
import styles from './app.module.css';
import { DropZone } from './drop-zone.tsx';
import { ErrorBar, Notices } from './error-bar.tsx';
import { Header } from './header.tsx';
import { LiveStatus } from './live-status.tsx';
import { PageDialogs } from './page-dialogs.tsx';
import { usePageShortcuts } from './page-shortcuts.ts';
import { PlaceFrame } from './place-frame.tsx';

/** The page: what is where. */
export function App() {
  const { t } = useTexts();
  usePageShortcuts();
  return (
    <>
      <a className={styles.skip} href="#place">
        {t('shell.skip')}
      </a>
      <Header />
      <ErrorBar />
      <Notices />
      <PlaceFrame />
      <LiveStatus />
      <DropZone />
      <PageDialogs />
    </>
  );
}
