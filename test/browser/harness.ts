import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type LaunchOptions, launchBrowser } from '../../src/cli/browser.ts';
import { DIST, ensureBuilt, ROOT } from '../../src/cli/project.ts';
import { type ServeOptions, type Site, serveSite } from '../../src/cli/server.ts';
import type { Actions } from '../../src/state/actions.ts';
import type { Playground } from '../../src/state/hooks.ts';
import type { State } from '../../src/state/store.ts';

/** Embedded models by their folders. */
export const ids = readdirSync(join(ROOT, 'models')).filter((id) => existsSync(join(ROOT, 'models', id, 'manifest.json')));

/** The built site on a server of its own, and one browser for all tests of a file. */
export interface Stage {
  readonly site: Site;
  readonly browser: Browser;
  /** A fresh visitor on the page. */
  visit(options?: VisitOptions): Promise<Visit>;
  close(): Promise<void>;
}

export interface VisitOptions {
  /** Part of the address after `?test&`. */
  readonly query?: string;
  readonly context?: BrowserContextOptions;
  /** Service workers are blocked unless a test is about them: they would answer in place of the server. */
  readonly serviceWorker?: boolean;
  readonly site?: Site;
}

export interface Visit {
  readonly page: Page;
  /** What nobody should ever see: uncaught errors, console errors, violations of the policy, requests to other origins. */
  readonly complaints: readonly string[];
  state(): Promise<Seen>;
  close(): Promise<void>;
}

export async function setStage(launch: LaunchOptions = {}, serve: Partial<ServeOptions> = {}): Promise<Stage> {
  await ensureBuilt();
  const site = await serveSite({ root: DIST, ...serve });
  const browser = await launchBrowser(launch);
  return {
    site,
    browser,
    visit: (options) => visit(browser, options?.site ?? site, options),
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

async function visit(browser: Browser, site: Site, { query, context, serviceWorker }: VisitOptions = {}): Promise<Visit> {
  const opened = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    serviceWorkers: serviceWorker ? 'allow' : 'block',
    ...context,
  });
  const page = await opened.newPage();
  const complaints = watch(page, site);
  await page.goto(`${site.url}?test${query ? `&${query}` : ''}`);
  await page.waitForFunction(() => window.tokenscopeTest !== undefined);
  return { page, complaints, state: () => page.evaluate(seenState), close: () => opened.close() };
}

function watch(page: Page, site: Site): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    // A file that is missing or cut off on purpose: the browser notes it, and the page has its own sentence.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    const own = url.origin === new URL(site.url).origin || ['blob:', 'data:'].includes(url.protocol);
    if (!own) complaints.push(`request to ${url.origin}`);
  });
  return complaints;
}

/** The state as far as it can cross to the test: plain values, without pixels. */
export interface Seen {
  readonly place: State['place'];
  readonly language: State['language'];
  readonly theme: State['theme'];
  readonly busy: State['busy'];
  readonly selection: State['selection'];
  readonly source: { readonly name: string; readonly kind: string } | undefined;
  readonly device: State['device'];
  readonly error: { readonly code: string; readonly parameters: unknown } | undefined;
  readonly tray: { readonly items: number; readonly done: number };
  readonly slots: readonly {
    readonly id: string;
    readonly phase: string;
    readonly provider: string | undefined;
    readonly recorded: boolean | undefined;
    readonly tokens: readonly number[];
    readonly error: string | undefined;
  }[];
}

/** Runs in the page. */
function seenState(): Seen {
  const { place, language, theme, busy, selection, source, device, error, slots, tray } = (
    window.tokenscopeTest as unknown as Playground
  ).store.getState();
  return {
    ...{ place, language, theme, busy, selection, device },
    source: source && { name: source.name, kind: source.kind },
    error: error && { code: error.code, parameters: error.parameters },
    tray: { items: tray.items.length, done: tray.run?.done ?? 0 },
    slots: slots.map((slot) => ({
      id: slot.manifest.id,
      phase: slot.phase,
      provider: slot.model?.device.provider,
      recorded: slot.result?.recorded,
      tokens: [...(slot.result?.grid.tokens ?? [])],
      error: slot.error?.code,
    })),
  };
}

/** Calls a verb of the page and waits until it has done its work. */
export function act<V extends keyof Actions>({ page }: Visit, verb: V, ...given: Parameters<Actions[V]>): Promise<unknown> {
  return page.evaluate(
    async ({ name, values }) => {
      const actions = window.tokenscopeTest!.actions as unknown as Record<string, (...values: unknown[]) => unknown>;
      await actions[name]!(...values);
    },
    { name: verb as string, values: given as unknown[] },
  );
}

/** Drops files on the page, as from the desktop. Contents are base64. */
export function drop(
  { page }: Visit,
  files: readonly { readonly name: string; readonly type: string; readonly base64: string }[],
) {
  return page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type }));
    }
    for (const kind of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, files);
}

/** Waits for something in the page's state. `check` runs in the page: it can use nothing from outside but `argument`. */
export async function until<A>(
  { page, state }: Visit,
  check: (state: State, argument: A) => boolean,
  argument: A,
  timeout = 60_000,
): Promise<void> {
  const asked = `(${check})(window.tokenscopeTest.store.getState(), ${JSON.stringify(argument) ?? 'undefined'})`;
  const end = Date.now() + timeout;
  while (!(await page.evaluate<boolean>(asked))) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${check}\nThe page: ${JSON.stringify(short(await state()))}`);
    await page.waitForTimeout(50);
  }
}

/** The active model has a live result, measured, of the source that is open. */
export function untilLive(visit: Visit, timeout = 60_000): Promise<void> {
  return until(
    visit,
    ({ slots, source }) => {
      const result = slots[0]?.result;
      const current = !!source && result?.of.source === source.key;
      return current && !result.recorded && !!result.reconstruction && result.measures?.of === result.reconstruction.picture;
    },
    undefined,
    timeout,
  );
}

function short(seen: Seen) {
  return { ...seen, slots: seen.slots.map((slot) => ({ ...slot, tokens: slot.tokens.length })) };
}
