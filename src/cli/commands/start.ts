import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Command } from '../main.ts';
import { DIST, ensureBuilt } from '../project.ts';
import { serveSite } from '../server.ts';

const start: Command = {
  about: 'builds the page, serves it on this machine and opens it (--port 5080, --base /, --no-open, --no-headers)',
  async run(argv) {
    const { values } = parseArgs({
      args: argv,
      allowNegative: true,
      options: {
        port: { type: 'string', default: '5080' },
        base: { type: 'string', default: '/' },
        open: { type: 'boolean', default: true },
        headers: { type: 'boolean', default: true },
      },
    });
    await ensureBuilt();
    const site = await serveSiteNear(Number(values.port), { root: DIST, base: values.base, headers: values.headers });
    process.stdout.write(`Tokenscope is at ${site.url}   (Ctrl+C ends it)\n`);
    if (values.open) openInBrowser(site.url);
    await interrupted();
    await site.close();
    return 0;
  },
};

export default start;

/** A port that is taken is no reason to fail: any free one will do. */
async function serveSiteNear(port: number, options: Parameters<typeof serveSite>[0]): ReturnType<typeof serveSite> {
  try {
    return await serveSite({ ...options, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return serveSite({ ...options, port: 0 });
  }
}

/** The system's own browser; where there is none the printed address has to do. */
function openInBrowser(url: string): void {
  const openers: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
    darwin: ['open', url],
    win32: ['cmd', '/c', 'start', '', url],
  };
  const [program, ...argv] = openers[process.platform] ?? ['xdg-open', url];
  const child = spawn(program, argv, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

function interrupted(): Promise<void> {
  return new Promise((settle) => {
    process.once('SIGINT', () => settle());
    process.once('SIGTERM', () => settle());
  });
}
