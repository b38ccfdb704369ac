import { type TokenscopeError, toWire } from '../core/errors.ts';
import type { Control, Report } from './control.ts';
import { createEngine } from './engine.ts';
import { startRuntime } from './provider.ts';
import { serve } from './rpc.ts';
import type { Runtime } from './runtime.ts';

const report = (message: Report) => self.postMessage(message);
let runtime: Promise<Runtime> | undefined;

self.onmessage = async ({ data }: MessageEvent<Control>) => {
  if (data.kind === 'start') {
    runtime = startRuntime(data.settings, (error: TokenscopeError) => report({ kind: 'broken', error: toWire(error) }));
    // Whoever asks for it gets the failure; without this it would also count as unhandled.
    runtime.catch(() => {});
    serve(data.port, createEngine({ runtime, watch: (seconds) => report({ kind: 'job', seconds }) }));
    report({ kind: 'started' });
  } else if (data.fault === 'lose-device') (await runtime)?.loseDevice();
  else (await runtime)?.failNextRun();
};
