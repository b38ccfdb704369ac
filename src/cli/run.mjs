// Runs a command of src/cli (TypeScript, with the same import.meta.glob shelves as the page): node src/cli/run.mjs <command> [arguments]
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const [command = 'help', ...argv] = process.argv.slice(2);
const root = fileURLToPath(new URL('../..', import.meta.url));
const server = await createServer({
  root,
  server: { middlewareMode: true, ws: false, hmr: false, watch: null },
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
});
try {
  const { main } = await server.ssrLoadModule('/src/cli/main.ts');
  process.exitCode = await main(command, argv);
} finally {
  await server.close();
}
