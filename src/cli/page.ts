import type { Browser, Page } from 'playwright-core';
import type { ClipFacts, ClipWindow } from '../core/clip.ts';
import type { ClipPlan } from '../core/clip-plan.ts';
import type { Framing } from '../core/framing.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Measures } from '../core/metric.ts';
import type { Picture } from '../core/picture.ts';
import type { TokenGrid } from '../core/token-grid.ts';
import type { CatalogModel, DeviceFacts, EngineHost, ModelFiles, OpenModel } from '../engine/protocol.ts';
import { type LaunchOptions, launchBrowser } from './browser.ts';
import { DIST, ensureBuilt } from './project.ts';
import { type ServeOptions, type Site, serveSite } from './server.ts';

/** Worked out by hand, for tests: no visitor sees it, and it is never measured. */
export const TOY = 'toy';

/**
 * What the built page offers to programs under `?test`: its own engine, state and verbs (main.tsx). Here only the parts
 * the command line uses.
 */
export interface PageHook {
  readonly host: EngineHost;
  readonly catalog: readonly CatalogModel[];
  readonly samples: readonly { readonly id: string; readonly kind?: 'clip' }[];
  readonly store: { getState(): PageState };
  readonly actions: {
    openModel(id: string): Promise<void>;
    openSample(id: string): Promise<void>;
    openFiles(files: readonly File[]): Promise<void>;
    openBitmap(bitmap: ImageBitmap, name: string): Promise<void>;
    openModelFiles(files: ModelFiles): Promise<void>;
    setFraming(change: Partial<Framing>): void;
    setClipWindow(change: Partial<ClipWindow>): void;
    clearTray(): void;
    runTray(): Promise<void>;
  };
}

export interface PageState {
  readonly busy: string;
  readonly device: DeviceFacts | undefined;
  readonly error: { readonly code: string; readonly parameters: object } | undefined;
  readonly slots: readonly {
    readonly manifest: Manifest;
    readonly phase: string;
    readonly model: OpenModel | undefined;
    readonly result:
      | {
          readonly recorded: boolean;
          readonly source: Picture | undefined;
          readonly grid: TokenGrid;
          readonly reconstruction: { readonly picture: Picture } | undefined;
          readonly measures: { readonly values: Measures; readonly of: Picture } | undefined;
        }
      | undefined;
    readonly clip?: PageClip | undefined;
  }[];
  readonly source:
    | {
        readonly key: number;
        readonly name: string;
        readonly sample?: string;
        readonly clip?: { readonly facts: ClipFacts };
      }
    | undefined;
  readonly tray: {
    readonly run:
      | {
          readonly running: boolean;
          readonly rows: readonly {
            readonly name: string;
            readonly measures: Measures | undefined;
            readonly error: { readonly code: string; readonly parameters: object } | undefined;
            readonly seconds: number;
          }[];
          readonly counts: Uint32Array;
        }
      | undefined;
  };
}

/** A clip through the model, as far as it is done. */
export interface PageClip {
  readonly recorded: boolean;
  readonly running: boolean;
  readonly of: { readonly source: number };
  readonly plan: ClipPlan;
  readonly grid: TokenGrid;
  readonly frames: readonly Picture[];
  readonly reconstruction: readonly Picture[];
  /** Once all of it is through. */
  readonly summary: Measures | undefined;
}

declare global {
  interface Window {
    tokenscopeTest?: PageHook;
  }
}

export interface OpenedPage {
  readonly page: Page;
  readonly browser: Browser;
  readonly site: Site;
  close(): Promise<void>;
}

export interface PageOptions extends LaunchOptions {
  /** Further parts of the address, e.g. `model=vqgan-f8&size=512x512`. */
  readonly query?: string;
  readonly answer?: ServeOptions['answer'];
}

/** The built page in a headless browser, ready to be asked: serves dist/ and waits until the page's hook is there. */
export async function openBuiltPage({ query = '', answer, ...launch }: PageOptions = {}): Promise<OpenedPage> {
  await ensureBuilt();
  const site = await serveSite({ root: DIST, ...(answer && { answer }) });
  const browser = await launchBrowser(launch);
  const close = async () => {
    await browser.close();
    await site.close();
  };
  try {
    // Without the service worker: nothing here is a visit, and files for one run must not be kept.
    const page = await browser.newPage({ serviceWorkers: 'block', viewport: { width: 1280, height: 800 } });
    await page.goto(`${site.url}?test${query && `&${query}`}`);
    await page.waitForFunction(() => window.tokenscopeTest !== undefined, undefined, { timeout: 30_000 });
    return { page, browser, site, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes an embedded model the active one, ready to run; throws the page's own error. */
export async function openModel(page: Page, id: string, timeout = 120_000): Promise<void> {
  await page.evaluate((model) => window.tokenscopeTest!.actions.openModel(model), id);
  await page.waitForFunction(
    (model) => {
      const { slots, error } = window.tokenscopeTest!.store.getState();
      if (error) throw new Error(`${error.code} ${JSON.stringify(error.parameters)}`);
      return slots[0]?.manifest.id === model && slots[0].phase === 'ready';
    },
    id,
    { timeout, polling: 100 },
  );
}

/** Waits until the first model has a live result, measured, of a source of this name; throws the page's own error. */
export async function waitForResult(page: Page, name: string, timeout = 180_000): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const { slots, source, error } = window.tokenscopeTest!.store.getState();
      if (error) throw new Error(`${error.code} ${JSON.stringify(error.parameters)}`);
      const result = slots[0]?.result;
      const picture = result?.reconstruction?.picture;
      return source?.name === wanted && !!picture && !result?.recorded && result?.measures?.of === picture;
    },
    name,
    { timeout, polling: 100 },
  );
}

/** Waits until a clip of this name has gone through the first model as a whole; throws the page's own error. */
export async function waitForClip(page: Page, name: string, timeout = 600_000): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const { slots, source, error } = window.tokenscopeTest!.store.getState();
      if (error) throw new Error(`${error.code} ${JSON.stringify(error.parameters)}`);
      const clip = slots[0]?.clip;
      return source?.name === wanted && clip?.of.source === source.key && !clip.recorded && !clip.running && !!clip.summary;
    },
    name,
    { timeout, polling: 200 },
  );
}
