import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import styles from './codebook-jump.module.css';

export interface JumpHandle {
  /** Goes on with a number whose first digit was typed elsewhere. */
  begin(digit: string): void;
}

/** Type a number, press Enter: that entry. */
export function CodebookJump({ size, ref }: { readonly size: number; readonly ref?: Ref<JumpHandle> }) {
  const { t } = useTexts();
  const actions = useActions();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  useImperativeHandle(
    ref,
    () => ({
      begin() {
        setText('');
        field.current?.focus();
      },
    }),
    [],
  );
  const leave = () => {
    setText('');
    field.current?.blur();
  };
  const wrong = text !== '' && !(Number(text) < size);
  const go = (event: React.FormEvent) => {
    event.preventDefault();
    if (text === '' || wrong) return;
    actions.selectEntry(Number(text));
    leave();
  };
  return (
    <form className={styles.jump} onSubmit={go}>
      <label>
        <span>{t('codebook.goTo')}</span>
        <input
          ref={field}
          value={text}
          inputMode="numeric"
          autoComplete="off"
          placeholder={`0–${size - 1}`}
          aria-invalid={wrong}
          onChange={(event) => setText(event.target.value.replace(/\D/g, ''))}
          onKeyDown={(event) => event.key === 'Escape' && leave()}
        />
      </label>
    </form>
  );
}
