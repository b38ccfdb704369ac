import { asTokenscopeError, TokenscopeError } from '../core/errors.ts';
import type { EngineHost } from '../engine/protocol.ts';
import type { Store } from './store.ts';

interface RecoveryParts {
  readonly store: Store;
  readonly host: EngineHost;
  /** Everything the engine held is gone. */
  readonly forget: () => void;
  readonly reopen: () => Promise<void>;
  readonly giveUp: (error: TokenscopeError) => void;
  readonly catchUp: () => Promise<void>;
  readonly tell: (error: TokenscopeError) => void;
}

/**
 * After the engine was lost (crash, lost device, no memory): the same models once more on WASM and the same source, while
 * what was on screen stays. Lost again before anything ran, it is given up with a message.
 */
export function keepAlive({ store, host, forget, reopen, giveUp, catchUp, tell }: RecoveryParts) {
  let losses = 0;
  let recovering: Promise<void> = Promise.resolve();

  function lost(reason: unknown): void {
    const error = asTokenscopeError(reason);
    forget();
    if (++losses > 1) {
      giveUp(error);
      store.setState({ error, busy: 'idle' });
      return;
    }
    tell(error);
    recovering = reopen().then(catchUp);
    recovering.catch(() => {}); // Said by the slots.
  }

  host.onRestart(lost);

  return {
    /** Whether a failure means that the engine is gone, which is dealt with here. */
    onFailure(error: unknown): boolean {
      const code = error instanceof TokenscopeError ? error.code : undefined;
      if (code === 'out-of-memory') {
        host.restart('wasm');
        lost(error);
        return true;
      }
      // The host starts these anew by itself and tells.
      return code === 'worker-crashed' || code === 'device-lost' || code === 'engine-timeout';
    },
    onSuccess(): void {
      losses = 0;
    },
    whenBack: () => recovering.catch(() => {}),
  };
}
