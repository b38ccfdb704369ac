/** A reload later than this would disturb more than threads are worth; the next visit is isolated anyway. */
const RELOAD_WITHIN_MS = 10_000;

/**
 * Registers the service worker of the built site: offline after the first visit, threads on hosts without isolation
 * headers (one reload). `build` is the ONNX Runtime in use, known once the engine has looked at the machine.
 */
export async function startOffline(build: Promise<string>): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI));
    const { active } = await navigator.serviceWorker.ready;
    if (!crossOriginIsolated && reloadOnce()) return;
    active?.postMessage({ keep: await build });
  } catch {
    // Private windows and some policies forbid service workers: the page works without, online.
  }
}

function reloadOnce(): boolean {
  const key = 'tokenscope-isolating';
  if (sessionStorage.getItem(key) || performance.now() > RELOAD_WITHIN_MS) return false;
  sessionStorage.setItem(key, 'tried');
  location.reload();
  return true;
}
