import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBuiltPage } from '../page.ts';
import { type Encoding, joinPlanes } from './encoding.ts';
import { listFolder } from './folder.ts';

const MODEL = 'tokenscope-model';
const SOURCE = 'tokenscope-source';
const MINUTES = 10;

/** A picture or clip through the page itself, in a headless browser: its own reading, framing and engine. `size` is `HxW`. */
export async function encodeInPage(
  folder: string,
  input: string,
  size: string | undefined,
): Promise<Encoding & { windows: number }> {
  if (!existsSync(input)) throw new Error(`${input} cannot be opened.`);
  const names = listFolder(folder);
  if (size !== undefined && !/^\d+x\d+$/.test(size)) throw new Error(`--size is height x width, like 256x256, not ${size}.`);
  const opened = await openBuiltPage({
    query: size === undefined ? '' : `size=${size}`,
    answer: (path) => {
      const name = path.startsWith(`${MODEL}/`) ? path.slice(MODEL.length + 1) : undefined;
      if (name !== undefined && names.includes(name)) return { status: 200, body: readFileSync(join(folder, name)) };
      return path === SOURCE ? { status: 200, body: readFileSync(input) } : undefined;
    },
  });
  try {
    opened.page.setDefaultTimeout(MINUTES * 60_000);
    return await encodeIn(opened.page, names, basename(input));
  } finally {
    await opened.close();
  }
}

/** By the page's own console, as a teacher's script would; a clip's windows then once more, for the latents of all its planes. */
async function encodeIn(page: Page, names: readonly string[], input: string): Promise<Encoding & { windows: number }> {
  const parts = await page.evaluate(
    async ({ names, input, folder, source }) => {
      const read = async (path: string, name: string) => new File([await (await fetch(path)).blob()], name);
      const { tokenscope } = window as unknown as { tokenscope: Console };
      await tokenscope.openModel(await Promise.all(names.map((name) => read(`${folder}/${name}`, name))));
      await tokenscope.open(await read(source, input));
      const { host, store } = window.tokenscopeTest!;
      const { model, clip, result } = store.getState().slots[0]!;
      const plain = ({ grid, latents }: Made) => ({
        tokens: [...grid.tokens],
        shape: grid.shape,
        latents: latents && { data: [...latents.data], d: latents.d },
      });
      if (!clip?.plan) return [plain(result as Made)];
      const made: ReturnType<typeof plain>[] = [];
      for (const { firstFrame, frames } of clip.plan.windows) {
        const window = clip.frames.slice(firstFrame, firstFrame + frames);
        made.push(plain(await host.engine.encodeFrames(model!.id, window, new AbortController().signal)));
      }
      return made;
    },
    { names, input, folder: MODEL, source: SOURCE },
  );
  const whole = joinPlanes(
    parts.map(({ tokens, shape, latents }) => ({
      grid: { shape, tokens: Int32Array.from(tokens) },
      latents: latents && { data: Float32Array.from(latents.data), d: latents.d, shape },
    })),
  );
  return { ...whole, windows: parts.length };
}

/** What a run gives; of one that is over, crossing to the page as it is. */
interface Made {
  readonly grid: Encoding['grid'];
  readonly latents?: Encoding['latents'];
}

/** The verbs of window.tokenscope that are used here. */
interface Console {
  openModel(files: readonly File[]): Promise<unknown>;
  open(source: File): Promise<void>;
}
