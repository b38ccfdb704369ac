import { asTokenscopeError, TokenscopeError } from '../core/errors.ts';
import type { EngineHost, Provider } from '../engine/protocol.ts';
import type { Store } from './store.ts';

/** Lost more often than this without a good run in between, the engine stays lost until a visitor asks. */
const MOST_LOSSES = 1;

/** Between the host's word and the last of the calls that failed with the worker. */
const AT_ONCE_MS = 200;

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
  let lostAt = -Infinity;
  let recovering: Promise<void> = Promise.resolve();

  function lost(reason: unknown): void {
    const error = asTokenscopeError(reason);
    forget();
    lostAt = performance.now();
    if (++losses > MOST_LOSSES) stayDown(error);
    else {
      tell(error);
      recovering = reopen().then(catchUp);
      recovering.catch(() => {}); // Said by the slots.
    }
  }

  function stayDown(error: TokenscopeError): void {
    losses = MOST_LOSSES + 1;
    giveUp(error);
    store.setState({ error, busy: 'idle' });
  }

  host.onRestart(lost);

  return {
    /** Whether a failure means that the engine is gone, which is dealt with here. */
    onFailure(error: unknown): boolean {
      if (losses > MOST_LOSSES) return false;
      const code = error instanceof TokenscopeError ? error.code : undefined;
      if (code === 'out-of-memory') {
        host.restart('wasm');
        lost(error);
        return true;
      }
      if (code !== 'worker-crashed' && code !== 'device-lost' && code !== 'engine-timeout') return false;
      // The host starts these anew by itself and tells at once; when it has not, it never will.
      if (performance.now() - lostAt > AT_ONCE_MS) stayDown(error as TokenscopeError);
      return true;
    },
    onSuccess(): void {
      losses = 0;
    },
    /** A visitor asks for a model again: an engine that was given up starts afresh. */
    revive(provider?: Provider): void {
      if (losses <= MOST_LOSSES) return;
      losses = 0;
      host.restart(provider);
    },
    whenBack: () => recovering.catch(() => {}),
  };
}
