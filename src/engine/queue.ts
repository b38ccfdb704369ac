/** What a job of the engine's queue is. */
export interface Job<T> {
  run(): Promise<T>;
  /** A waiting job of the same kind rejects as aborted when a newer one comes. */
  readonly kind?: string;
  /** Runs only when nothing else waits. */
  readonly background?: boolean;
  /** After this the engine counts as hung. */
  readonly seconds: number;
}

export interface Queue {
  /**
   * Runs jobs one after another; one that fails rejects its own caller and nobody else. An abort removes a waiting job; a
   * running one goes on unheard, because ONNX Runtime cannot be interrupted.
   */
  add<T>(job: Job<T>, signal?: AbortSignal): Promise<T>;
}

interface Waiting {
  readonly kind: string | undefined;
  readonly background: boolean;
  start(): Promise<void>;
  drop(): void;
}

/** `watch` hears the time allowed when a job starts, and undefined when it has ended. */
export function createQueue(watch: (seconds: number | undefined) => void = () => {}): Queue {
  const waiting: Waiting[] = [];
  let busy = false;

  async function work(): Promise<void> {
    busy = true;
    for (let next = takeNext(); next; next = takeNext()) {
      await next.start();
      // Messages are tasks: without a turn of the loop, aborts and newer requests could not be heard between two jobs.
      if (waiting.length > 0) await new Promise((resolve) => setTimeout(resolve));
    }
    busy = false;
  }

  function takeNext(): Waiting | undefined {
    const first = waiting.findIndex(({ background }) => !background);
    return waiting.splice(Math.max(0, first), 1)[0];
  }

  function remove(entry: Waiting): boolean {
    const at = waiting.indexOf(entry);
    if (at >= 0) waiting.splice(at, 1);
    return at >= 0;
  }

  return {
    add({ run, kind, background = false, seconds }, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(aborted());
        const stop = () => {
          remove(entry);
          reject(aborted());
        };
        const entry: Waiting = {
          kind,
          background,
          start: async () => {
            watch(seconds);
            const [outcome] = await Promise.allSettled([(async () => run())()]);
            watch(undefined);
            signal?.removeEventListener('abort', stop);
            if (outcome.status === 'fulfilled') resolve(outcome.value);
            else reject(outcome.reason);
          },
          drop: () => {
            signal?.removeEventListener('abort', stop);
            reject(aborted());
          },
        };
        for (const older of waiting.filter((other) => kind !== undefined && other.kind === kind)) {
          remove(older);
          older.drop();
        }
        signal?.addEventListener('abort', stop, { once: true });
        waiting.push(entry);
        if (!busy) void work();
      });
    },
  };
}

function aborted(): DOMException {
  return new DOMException('aborted', 'AbortError');
}
