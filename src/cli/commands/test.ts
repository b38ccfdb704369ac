import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from '../browser.ts';
import type { Command } from '../main.ts';
import { buildSite, runProgram, runTool } from '../project.ts';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  run(): Promise<Outcome>;
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const asOne = (code: number): Outcome => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

const STEPS: readonly Step[] = [
  { name: 'build', run: async () => asOne(await buildSite()) },
  { name: 'check', run: async () => asOne(await runProgram(npm, ['run', '--silent', 'check'])) },
  { name: 'unit', run: () => runVitest('unit') },
  { name: 'browser', run: () => runVitest('browser') },
];

const test: Command = {
  about:
    'everything: build, types, style, dead code, budget, unit tests, the built page in a real browser (--full: every published architecture on WebGPU too, and more fuzzing)',
  async run(argv) {
    if (argv.includes('--full')) process.env.TOKENSCOPE_FULL = '1';
    process.stdout.write(`browser: ${await ensureBrowser()}\n`);
    const outcomes: { name: string; outcome: Outcome }[] = [];
    for (const { name, run } of STEPS) {
      process.stdout.write(`\n== ${name}\n`);
      const outcome = await run();
      outcomes.push({ name, outcome });
      if (name === 'build' && outcome.failed) break;
    }
    const failing = outcomes.filter(({ outcome }) => outcome.failed > 0).map(({ name }) => name);
    const sum = (key: keyof Outcome) => outcomes.reduce((total, { outcome }) => total + outcome[key], 0);
    if (failing.length) process.stdout.write(`\nfailing: ${failing.join(', ')}\n`);
    process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
    return failing.length ? 1 : 0;
  },
};

export default test;

/** Vitest's own output stays on the screen; the counts come from its JSON report. */
async function runVitest(project: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runTool('vitest/vitest.mjs', ['run', '--project', project, ...reporters]);
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    // A file that does not even load has no failed test, yet fails the run.
    return { passed: numPassedTests, failed: code === 0 ? numFailedTests : Math.max(1, numFailedTests) };
  } catch {
    return asOne(code || 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
