import type { Command } from '../main.ts';
import { ensureBuilt } from '../project.ts';
import { measureStartScript, SCRIPT_LIMIT } from '../start-script.ts';

const budget: Command = {
  about: 'how much script the built page loads before a model is opened',
  async run() {
    await ensureBuilt();
    const { total, files } = measureStartScript();
    for (const { file, bytes } of files) process.stdout.write(`${kilobytes(bytes).padStart(9)}  ${file}\n`);
    process.stdout.write(
      `${kilobytes(total).padStart(9)}  of ${kilobytes(SCRIPT_LIMIT)} before a model is opened (min + gzip)\n`,
    );
    if (total <= SCRIPT_LIMIT) return 0;
    process.stderr.write(`budget: ${kilobytes(total - SCRIPT_LIMIT)} too much. Put something heavy behind import().\n`);
    return 1;
  },
};

export default budget;

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
