import { fromWire, TokenscopeError } from '../core/errors.ts';
import type { Control, Report } from './control.ts';
import type { Engine, EngineHost, Provider } from './protocol.ts';
import type { StartSettings } from './provider.ts';
import { type Connection, connect } from './rpc.ts';

/** The page's end of a running worker. */
interface Running extends Connection<Engine> {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly settings: StartSettings;
  started: boolean;
  watchdog: ReturnType<typeof setInterval> | undefined;
}

/** More restarts than this within a minute, and the engine stays down until it is asked to start. */
const MOST_RESTARTS = 3;
const MINUTE = 60_000;

/**
 * Starts the worker and keeps one running: when it crashes, loses its device or hangs, open calls reject with the named
 * error and a fresh one starts, on WASM. The only place on the page that knows there is a worker. `address` is the page's:
 * `?adapter=any` lets a software adapter count, `?test` gives `host.test`.
 */
export function startEngine(address: URL = new URL(location.href)): EngineHost {
  const softwareAdapter = address.searchParams.get('adapter') === 'any';
  const listeners = new Set<(reason: TokenscopeError) => void>();
  let restarts: number[] = [];
  let running = launch({ softwareAdapter });

  function launch(settings: StartSettings): Running {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });
    const { port1, port2 } = new MessageChannel();
    const launched: Running = { ...connect<Engine>(port1), worker, port: port1, settings, started: false, watchdog: undefined };
    worker.onmessage = ({ data }: MessageEvent<Report>) => hear(launched, data);
    worker.onerror = (event) => {
      event.preventDefault();
      broken(launched, new TokenscopeError('worker-crashed', { reason: event.message || 'it could not start' }));
    };
    worker.onmessageerror = () => broken(launched, new TokenscopeError('worker-crashed', { reason: 'unreadable message' }));
    worker.postMessage({ kind: 'start', settings, port: port2 } satisfies Control, [port2]);
    return launched;
  }

  function hear(from: Running, report: Report): void {
    if (report.kind === 'started') from.started = true;
    else if (report.kind === 'broken') broken(from, fromWire(report.error) as TokenscopeError);
    else watch(from, report.seconds);
  }

  /** Counts ticks instead of asking the clock: a computer that slept is not a worker that hangs. */
  function watch(from: Running, seconds: number | undefined): void {
    clearInterval(from.watchdog);
    if (seconds === undefined) return;
    const tick = Math.min(1, seconds);
    let waited = 0;
    from.watchdog = setInterval(() => {
      waited += tick;
      if (waited >= seconds) broken(from, new TokenscopeError('engine-timeout', { seconds }));
    }, tick * 1000);
  }

  function end(ended: Running, reason: TokenscopeError | DOMException): void {
    clearInterval(ended.watchdog);
    ended.worker.onmessage = null;
    ended.worker.onerror = null;
    ended.worker.terminate();
    ended.fail(reason);
    ended.port.close();
  }

  function broken(which: Running, reason: TokenscopeError): void {
    if (which !== running) return;
    const now = performance.now();
    restarts = [...restarts.filter((time) => now - time < MINUTE), now];
    // A script that never ran will not run the second time either.
    const down = !which.started || restarts.length > MOST_RESTARTS;
    end(which, down ? new TokenscopeError('engine-down', { reason: detailOf(reason) }) : reason);
    if (down) return;
    running = launch({ softwareAdapter, wasm: { why: 'fell-back', detail: detailOf(reason) } });
    for (const listener of listeners) listener(reason);
  }

  const fault = (kind: Extract<Control, { kind: 'fault' }>['fault']) =>
    running.worker.postMessage({ kind: 'fault', fault: kind } satisfies Control);

  return {
    engine: new Proxy({} as Engine, { get: (_, method) => running.remote[method as keyof Engine] }),
    onRestart(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    restart(provider?: Provider) {
      restarts = [];
      end(running, new DOMException('the engine was restarted', 'AbortError'));
      running = launch({ softwareAdapter, ...(provider === 'wasm' && { wasm: { why: 'asked' } }) });
    },
    test: address.searchParams.has('test')
      ? {
          loseDevice: () => fault('lose-device'),
          killWorker() {
            running.started = true; // However early it is killed, it could have run.
            broken(running, new TokenscopeError('worker-crashed', { reason: 'on purpose' }));
          },
          failNextRun: () => fault('fail-next-run'),
        }
      : undefined,
  };
}

function detailOf({ code, parameters }: TokenscopeError): string {
  return 'reason' in parameters ? parameters.reason : code;
}
