import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import clips from '../bench/clips.ts';
import codebookCanvas from '../bench/codebook-canvas.ts';
import conversion from '../bench/conversion.ts';
import engine from '../bench/engine.ts';
import graphForm from '../bench/graph-form.ts';
import memory from '../bench/memory.ts';
import parity from '../bench/parity.ts';
import pointing from '../bench/pointing.ts';
import published, { isPublished, publishedTable } from '../bench/published.ts';
import start from '../bench/start.ts';
import usualWay from '../bench/usual-way.ts';
import type { BenchContext, BenchLine, Measurement } from '../bench-run.ts';
import { launchBrowser } from '../browser.ts';
import type { Command } from '../main.ts';
import { type OpenedPage, openBuiltPage } from '../page.ts';
import { ensureBuilt, ROOT } from '../project.ts';
import { printTable } from '../table.ts';
import { withBench, withPublished } from '../write-figures.ts';

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  start,
  engine,
  'usual-way': usualWay,
  pointing,
  'codebook-canvas': codebookCanvas,
  memory,
  parity,
  clips,
  conversion,
  'graph-form': graphForm,
  published,
};

/** Other work than this much of a core, and figures say more about the neighbours than about the page. */
const MOST_LOAD_PER_CORE = 0.5;

const bench: Command = {
  about: `measures the built page against its targets, prints the table, writes test/bench/latest.json (--force, --only <name>, --write: into the README)`,
  async run(argv) {
    const { values } = parseArgs({
      args: argv,
      options: {
        force: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        write: { type: 'boolean', default: false },
      },
    });
    const load = loadavg()[0] ?? 0;
    const cores = cpus().length;
    if (!values.force && load / cores > MOST_LOAD_PER_CORE) {
      throw new Error(
        `This machine is busy (load ${load.toFixed(1)} on ${cores} cores): times would mean nothing. Pause what runs, wait a minute, or use --force.`,
      );
    }
    await ensureBuilt();
    const names = values.only ?? Object.keys(MEASUREMENTS);
    const report = await measureAll(names, { load, cores });
    process.stdout.write(`\n${describe(report)}\n\n${printTable(tableOf(report.lines), [0, 1, 2, 3, 4])}\n`);
    mkdirSync(join(ROOT, 'test/bench'), { recursive: true });
    writeFileSync(join(ROOT, 'test/bench/latest.json'), `${JSON.stringify(report, null, 2)}\n`);
    if (values.write) {
      writeReadme(report);
    }
    return report.lines.every(({ holds }) => holds !== false) ? 0 : 1;
  },
};

export default bench;

/** Published architectures have a table of their own; running only them leaves the other as it was. */
function writeReadme(report: Report): void {
  const file = join(ROOT, 'README.md');
  const published = report.lines.filter(isPublished);
  const others = report.lines.filter((line) => !isPublished(line));
  let readme = readFileSync(file, 'utf8');
  if (others.length > 0) readme = withBench(readme, describe(report).replace('\n', '. '), tableOf(others));
  if (published.length > 0) readme = withPublished(readme, publishedTable(published));
  writeFileSync(file, readme);
}

interface Report {
  readonly date: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGB: number;
    readonly system: string;
    readonly load: number;
  };
  readonly browser: string;
  readonly adapter: string;
  readonly model: string;
  readonly lines: readonly BenchLine[];
}

async function measureAll(names: readonly string[], { load, cores }: { load: number; cores: number }): Promise<Report> {
  const unknown = names.find((name) => !(name in MEASUREMENTS));
  if (unknown) throw new Error(`There is no measurement "${unknown}". There are: ${Object.keys(MEASUREMENTS).join(', ')}.`);
  const { gpu, browser } = await lookAtMachine();
  const context: BenchContext = { ...(await lookAtPage()), gpu, open: openBuiltPage };
  const lines: BenchLine[] = [];
  for (const name of names) {
    process.stderr.write(`${name} …\n`);
    lines.push(...(await MEASUREMENTS[name]!.measure(context).catch((error: unknown) => [brokenLine(name, error)])));
  }
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    load,
  };
  return { date: new Date().toISOString(), machine, browser, adapter: gpu ?? 'none', model: context.model, lines };
}

/** A measurement that breaks is a failure of the bench, said in its place. */
function brokenLine(name: string, error: unknown): BenchLine {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return { what: name, where: '', target: '', figure: `broke: ${message}`, holds: false };
}

/** The GPU that WebGPU offers with this machine's own drivers; a software adapter is none. */
async function lookAtMachine(): Promise<{ gpu: string | undefined; browser: string }> {
  const browser = await launchBrowser({ gpu: 'machine' });
  try {
    const page = await browser.newPage();
    // A secure context: `navigator.gpu` does not exist elsewhere.
    await page.route('https://tokenscope.invalid/', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto('https://tokenscope.invalid/');
    const gpu = await page.evaluate(async () => {
      const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
      if (!adapter || adapter.info.isFallbackAdapter) return undefined;
      const { vendor, architecture, device, description } = adapter.info;
      return description || [vendor, architecture, device].filter(Boolean).join(' ');
    });
    return { gpu, browser: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
  }
}

async function lookAtPage(): Promise<{ model: string; threads: number }> {
  const { page, close }: OpenedPage = await openBuiltPage();
  try {
    await page.waitForFunction(() => window.tokenscopeTest!.store.getState().device, undefined, { timeout: 60_000 });
    return await page.evaluate(() => {
      const { store, catalog } = window.tokenscopeTest!;
      return { model: catalog[0]!.id, threads: store.getState().device!.threads };
    });
  } finally {
    await close();
  }
}

function describe({ date, machine, browser, adapter, model }: Report): string {
  const { processor, cores, memoryGB, system, load } = machine;
  return `${date}  ${processor}, ${cores} cores, ${memoryGB} GB, ${system}, load ${load.toFixed(1)}\n${browser}, GPU: ${adapter}, model: ${model}`;
}

function tableOf(lines: readonly BenchLine[]): string[][] {
  const word = (holds: boolean | undefined) => (holds === undefined ? '–' : holds ? 'yes' : 'NO');
  return [
    ['what', 'where', 'target', 'figure', 'holds'],
    ...lines.map(({ what, where, target, figure, holds }) => [what, where, target, figure, word(holds)]),
  ];
}
