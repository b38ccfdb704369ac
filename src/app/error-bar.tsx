import type { ErrorCode } from '../core/errors.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { Notice } from '../state/store.ts';
import styles from './error-bar.module.css';
import { useErrorText } from './error-text.ts';

/** What went wrong and what to do, in the visitor's language; what was on screen stays. */
export function ErrorBar() {
  const { t } = useTexts();
  const { what, remedy } = useErrorText();
  const error = useTokenscope((state) => state.error);
  const failed = useTokenscope((state) => state.slots.find((slot) => slot.phase === 'failed'));
  const { dismissError, retryModel } = useActions();
  if (!error) return <div role="alert" />;
  const canUseWasm = failed && failed.error === error && failed.model?.device.provider !== 'wasm';
  return (
    <div role="alert" className={styles.bar}>
      <p>
        <b>{what(error)}</b> {remedy(error)}
      </p>
      <div className={styles.verbs}>
        {failed && (
          <button type="button" className="word-button" onClick={() => retryModel(failed.key)}>
            {t('shell.tryAgain')}
          </button>
        )}
        {canUseWasm && (
          <button type="button" className="word-button" onClick={() => retryModel(failed.key, 'wasm')}>
            {t('shell.provider.use', { provider: 'WASM' })}
          </button>
        )}
        <button type="button" className="word-button" onClick={dismissError}>
          {t('shell.dismiss')}
        </button>
      </div>
    </div>
  );
}

/** Things worth telling that are no failures. */
export function Notices() {
  const notices = useTokenscope((state) => state.notices);
  return (
    <div role="status" className={styles.notices}>
      {notices.map((notice) => (
        <NoticeLine key={notice.key} notice={notice} />
      ))}
    </div>
  );
}

function NoticeLine({ notice: { key, text, parameters } }: { readonly notice: Notice }) {
  const { t } = useTexts();
  const { whatOf, say } = useErrorText();
  const { dismissNotice } = useActions();
  // A recovery says first what was lost.
  const { code } = parameters as { code?: ErrorCode };
  return (
    <div className={`${styles.bar} ${styles.notice}`}>
      <p>
        {code && whatOf(code, parameters)} {say(text, parameters)}
      </p>
      <button type="button" className="word-button" onClick={() => dismissNotice(key)}>
        {t('shell.dismiss')}
      </button>
    </div>
  );
}
