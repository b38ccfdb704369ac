/**
 * Makes the page work offline after the first visit, and isolated (threads for WASM) on hosts that send no headers.
 * Own code instead of Workbox: the whole policy is the two lines in `answer`, and the isolation headers have to be set
 * by the same worker, since a scope has only one.
 */
declare const self: ServiceWorkerGlobalScope;
/** Put in by the build (src/cli/site-plugins.ts): every file the page needs offline, relative to the site. */
declare const SITE_FILES: readonly string[];
/** The files of each ONNX Runtime build; only the one in use is worth keeping. */
declare const RUNTIME_FILES: Readonly<Record<string, readonly string[]>>;

const CACHE = 'tokenscope-site';
const runtimeFiles = RUNTIME_FILES;
const siteFiles = SITE_FILES;

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

// A first worker takes over at once; a newer one waits until no page of the older version is open.
self.addEventListener('activate', (event) => event.waitUntil(Promise.all([self.clients.claim(), forgetOldFiles()])));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const own = request.url.startsWith(self.registration.scope);
  if (own && request.method === 'GET' && !request.headers.has('range')) event.respondWith(answer(request));
});

// The page says when it has done its own work, so that filling the cache does not slow the first visit down.
self.addEventListener('message', (event) => {
  const { keep } = event.data as { keep?: string };
  if (keep !== undefined) event.waitUntil(fill([...siteFiles, ...(runtimeFiles[keep] ?? [])]));
});

/** Hashed assets from the cache, everything else from the network; the other one when the first has nothing. */
async function answer(request: Request): Promise<Response> {
  const response = hashed(request.url)
    ? ((await kept(request)) ?? (await fetchAndKeep(request)))
    : await fetchAndKeep(request).catch(async (error: unknown) => (await kept(request)) ?? Promise.reject(error));
  return isolated(response);
}

async function kept(request: Request): Promise<Response | undefined> {
  const cache = await caches.open(CACHE);
  const page = request.mode === 'navigate' ? siteUrl('index.html') : undefined;
  return (await cache.match(request, { ignoreSearch: true })) ?? (page ? await cache.match(page) : undefined);
}

async function fetchAndKeep(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.status === 200 && !weighsTooMuch(request.url)) {
    const cache = await caches.open(CACHE);
    const page = request.mode === 'navigate' && response.headers.get('content-type')?.startsWith('text/html');
    const copy = response.clone();
    // A full disk must not cost the visitor the answer.
    cache.put(page ? siteUrl('index.html') : withoutSearch(request.url), copy).catch(() => {});
  }
  return response;
}

async function fill(files: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const file of files) {
    const url = siteUrl(file);
    if (await cache.match(url)) continue;
    const response = await fetch(url).catch(() => undefined);
    if (response?.status === 200) await cache.put(url, response).catch(() => {});
  }
}

async function forgetOldFiles(): Promise<void> {
  const cache = await caches.open(CACHE);
  const current = new Set([...siteFiles, ...Object.values(runtimeFiles).flat()].map(siteUrl));
  for (const request of await cache.keys()) {
    if (hashed(request.url) && !current.has(request.url)) await cache.delete(request);
  }
}

/** Names below assets/ hold a hash of the content: what is kept can never be out of date. */
function hashed(url: string): boolean {
  return url.startsWith(siteUrl('assets/'));
}

/** Weights of models live in the origin's private file system, checked by hash: not a second time here. */
function weighsTooMuch(url: string): boolean {
  return /\.(onnx|safetensors)$/.test(withoutSearch(url));
}

function isolated(response: Response): Response {
  if (response.type !== 'basic' && response.type !== 'default') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

function siteUrl(file: string): string {
  return new URL(file, self.registration.scope).href;
}

function withoutSearch(url: string): string {
  return url.replace(/[?#].*$/, '');
}

export {};
