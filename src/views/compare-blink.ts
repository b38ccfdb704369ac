import { useEffect, useMemo, useState } from 'react';

const BLINK_MS = 700;

export interface Blink {
  readonly shown: 'source' | 'reconstruction';
  readonly running: boolean;
  flip(): void;
  toggle(): void;
}

/** Changes between source and reconstruction by itself, unless motion is unwelcome; a flip by hand stops it. */
export function useBlink(on: boolean): Blink {
  const [shown, setShown] = useState<Blink['shown']>('source');
  const [running, setRunning] = useState(() => !matchMedia('(prefers-reduced-motion: reduce)').matches);
  useEffect(() => {
    if (!on || !running) return;
    const timer = setInterval(() => setShown(other), BLINK_MS);
    return () => clearInterval(timer);
  }, [on, running]);
  return useMemo(
    () => ({
      shown,
      running,
      flip() {
        setRunning(false);
        setShown(other);
      },
      toggle: () => setRunning((value) => !value),
    }),
    [shown, running],
  );
}

function other(shown: Blink['shown']): Blink['shown'] {
  return shown === 'source' ? 'reconstruction' : 'source';
}
