import { ensureBrowser } from '../browser.ts';
import type { Command } from '../main.ts';
import { runProgram, runTool } from '../project.ts';

interface Step {
  readonly name: string;
  run(): Promise<number>;
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const vitest = (project: string) => () => runTool('vitest/vitest.mjs', ['run', '--project', project]);

const STEPS: readonly Step[] = [
  { name: 'build', run: () => runTool('vite/bin/vite.js', ['build', '--logLevel', 'warn']) },
  { name: 'check', run: () => runProgram(npm, ['run', '--silent', 'check']) },
  { name: 'unit', run: vitest('unit') },
  { name: 'browser', run: vitest('browser') },
];

const test: Command = {
  about: 'everything: build, types, style, dead code, budget, unit tests, the built page in a real browser',
  async run() {
    process.stdout.write(`browser: ${await ensureBrowser()}\n`);
    const failed: string[] = [];
    for (const step of STEPS) {
      process.stdout.write(`\n== ${step.name}\n`);
      if ((await step.run()) === 0) continue;
      failed.push(step.name);
      if (step.name === 'build') break;
    }
    process.stdout.write(failed.length ? `\nFAILED: ${failed.join(', ')}\n` : '\nALL PASSED: build, check, unit, browser\n');
    return failed.length ? 1 : 0;
  },
};

export default test;
