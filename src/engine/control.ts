import type { WireError } from '../core/errors.ts';
import type { StartSettings } from './provider.ts';

/** What page and worker say to each other beside the calls, which have a port of their own. */

/** Page → worker. `start` comes first and carries the port. */
export type Control =
  | { readonly kind: 'start'; readonly settings: StartSettings; readonly port: MessagePort }
  | { readonly kind: 'fault'; readonly fault: 'lose-device' | 'fail-next-run' };

/** Worker → page. */
export type Report =
  /** The script runs; what goes wrong from here on is worth another worker. */
  | { readonly kind: 'started' }
  /** A job runs and may take so long; without `seconds` it has ended. */
  | { readonly kind: 'job'; readonly seconds: number | undefined }
  /** Only a fresh worker helps. */
  | { readonly kind: 'broken'; readonly error: WireError };
