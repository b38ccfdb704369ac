import type { ClipFacts, ClipWindow } from '../../core/clip.ts';
import type { Remark } from '../opened-picture.ts';
import type { ClipFrame } from './opened-clip.ts';

/** One way to take a clip apart; runs in the worker. Leaving a loop early frees what it held. */
export interface ClipReader {
  readonly facts: ClipFacts;
  readonly remarks: readonly Remark[];
  read(window: ClipWindow, side: number): AsyncGenerator<ClipFrame>;
  thumbnails(count: number, side: number): AsyncGenerator<ClipFrame>;
  close(): void;
}
