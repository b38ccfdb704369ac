import react from '@vitejs/plugin-react';
import { defaultClientConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { briefManifests, SERVICE_WORKER, securityPolicy, siteFiles, startTogether } from './src/cli/site-plugins.ts';

export default defineConfig({
  // Relative, so that the built site works under any path of a static host.
  base: './',
  plugins: [react(), briefManifests(), securityPolicy(), siteFiles(), startTogether()],
  // ORT's .mjs and .wasm are named by us (engine/runtime.ts), not embedded a second time.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  worker: { format: 'es', rolldownOptions: { checks: { pluginTimings: false } } },
  build: {
    target: 'esnext',
    manifest: true,
    // Small files too stay files: a data: address can be neither cached nor checked.
    assetsInlineLimit: 0,
    // The largest chunks (ONNX Runtime, HEIC) are lazy; `npm run check` holds the page itself to its budget.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { index: 'index.html', [SERVICE_WORKER]: 'src/service-worker.ts' },
      output: {
        // A service worker rules the folder it lies in, and its address must never change.
        entryFileNames: (chunk) => (chunk.name === SERVICE_WORKER ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  // Found late, hash-wasm would make the dev server reload the page in the middle of the first model.
  optimizeDeps: { exclude: ['onnxruntime-web'], include: ['hash-wasm', 'mediabunny', 'gifenc', 'gifuct-js', 'fflate'] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          // Vitest would leave one core idle, which on two is half of them.
          maxWorkers: '100%',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/browser/**', 'test/bench/**'],
          // Some run real graphs on WASM; how long that takes is the machine's business, not the test's.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
