import { useEffect, useState } from 'react';
import { number } from '../i18n/index.ts';
import { usePlaygroundStore } from '../state/hooks.ts';
import type { State } from '../state/store.ts';
import { useErrorText } from './error-text.ts';
import { shortTitle } from './model-facts.ts';

/** Quick steps in between are nobody's news. */
const QUIET_MS = 600;

/** Tells screen readers what has come of a run, once it has come to rest. */
export function LiveStatus() {
  const { say } = useErrorText();
  const store = usePlaygroundStore();
  const [text, setText] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tell = () => {
      const news = newsOf(store.getState());
      if (news) setText(say(`shell.live.${news.what}`, news.parameters));
    };
    const unsubscribe = store.subscribe((state, before) => {
      if (state.busy === before.busy && state.slots[0]?.phase === before.slots[0]?.phase) return;
      clearTimeout(timer);
      timer = setTimeout(tell, QUIET_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store, say]);
  return (
    <div role="status" className="unseen">
      {text}
    </div>
  );
}

function newsOf({ slots, source, busy, camera, tray }: State) {
  const slot = slots[0];
  if (!slot || camera.running || tray.run?.running) return undefined;
  const model = shortTitle(slot.manifest);
  if (slot.phase === 'opening') return { what: 'opening', parameters: { model } } as const;
  if (slot.phase === 'failed') return { what: 'failed', parameters: { model } } as const;
  if (busy !== 'idle') return { what: 'running', parameters: { model } } as const;
  if (!slot.result || !source) return undefined;
  const used = slot.result.counts.reduce((sum, count) => sum + Number(count > 0), 0);
  const tokens = number(slot.result.grid.tokens.length);
  return { what: 'done', parameters: { model, source: source.name, tokens, used: number(used) } } as const;
}
