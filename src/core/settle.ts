/**
 * Runs `work` until no call came in while it ran. Callers share the run in progress, so a hundred quick
 * calls cost two runs: the one under way and one more with the newest input.
 */
export function settle(work: () => Promise<void>): () => Promise<void> {
  let again = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    try {
      while (again) {
        again = false;
        await work().catch((error: unknown) => {
          if (!again) throw error; // Otherwise something newer is waiting, and its answer counts.
        });
      }
    } finally {
      running = undefined;
    }
  }

  return () => {
    again = true;
    running ??= run();
    return running;
  };
}
