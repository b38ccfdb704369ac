import { type FormEvent, useState } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot } from '../state/hooks.ts';
import { Dialog } from '../ui/dialog.tsx';
import styles from './tokens-dialog.module.css';

/** Indices typed or pasted become a picture: the token grid, decoded by the active model. */
export default function TokensDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const { openTokenText } = useActions();
  const [text, setText] = useState('');
  const count = text.match(/\d+/g)?.length ?? 0;
  const size = slot?.result?.counts.length ?? slot?.manifest.quantizer.codebookSize;
  const open = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    void openTokenText(text);
  };
  const fill = (token: () => number) => {
    const { h = 32, w = 32 } = slot?.result?.grid.shape ?? {};
    setText(Array.from({ length: h }, () => Array.from({ length: w }, token).join(' ')).join('\n'));
  };
  return (
    <Dialog title={t('shell.tokens.title')} closeText={t('shell.close')} onClose={onClose}>
      <form className={styles.form} onSubmit={open}>
        <p className="caption">{t('shell.tokens.hint', { most: size ? number(size - 1) : '?' })}</p>
        <textarea
          className="number"
          aria-label={t('shell.tokens.title')}
          rows={10}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className={styles.verbs}>
          <span className="number caption">{t('shell.tokens.count', { amount: number(count) })}</span>
          {size && (
            <button type="button" className="word-button" onClick={() => fill(() => Math.floor(Math.random() * size))}>
              {t('shell.tokens.random')}
            </button>
          )}
          {slot?.result && (
            <button type="button" className="word-button" onClick={() => setText(gridText(slot.result!.grid))}>
              {t('shell.tokens.present')}
            </button>
          )}
          <button type="submit" className={styles.open} disabled={count === 0}>
            {t('shell.tokens.open')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The grid as text, a row a line. */
function gridText({ tokens, shape: { w } }: { readonly tokens: Int32Array; readonly shape: { readonly w: number } }): string {
  const rows = Array.from({ length: tokens.length / w }, (_, row) => tokens.subarray(row * w, (row + 1) * w).join(' '));
  return rows.join('\n');
}
