import { frameRuleOf } from '../core/clip-plan.ts';
import { serialQueue } from '../core/serial-queue.ts';
import type { EngineHost } from '../engine/protocol.ts';
import { quietly } from './attempt.ts';
import { keepCamera } from './camera.ts';
import { catchUpWith, lookCloserWith } from './catch-up.ts';
import { keepClips } from './clip-feed.ts';
import { keepClipRuns } from './clip-run.ts';
import { keepEntryPictures } from './entry-pictures.ts';
import { makeGate } from './gate.ts';
import { keepGhosts } from './ghosts.ts';
import { keepPictures } from './kept-pictures.ts';
import { keepModels } from './models.ts';
import { noticesOf } from './notices.ts';
import { keepAlive } from './recovery.ts';
import { rollFrames } from './rolled-clip.ts';
import { keepSources } from './sources.ts';
import { createPlaygroundStore, type State } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import { keepTray } from './tray.ts';

/** What any graphics card of the last ten years can hold, until this one has been looked at. Pixels. */
const UNKNOWN_SIDE = 8192;

/** Frames of a rolling clip, at least: a model of pictures sees one at a time, but a person wants to see motion. */
const LEAST_ROLLED = 16;
const NO_SIZE = { reduction: 1, multipleOf: 1 };

/** Everything the verbs are made of. */
export type Parts = ReturnType<typeof assemble>;

export function assemble(host: EngineHost, surroundings: Surroundings, initial: Partial<State>) {
  const store = createPlaygroundStore(initial);
  const { engine } = host;
  const exclusive = serialQueue();
  const firstPaint = makeGate();
  const notices = noticesOf(store);
  const read = (file: Blob, name: string) => {
    const { colourManaged, device, slots } = store.getState();
    const expected = slots[0]?.result?.grid.shape;
    const maximumSide = device?.maxTextureSide ?? UNKNOWN_SIDE;
    return surroundings.readFile(file, name, { colourManaged, maximumSide, ...(expected ? { expected } : {}) });
  };
  const pictures = keepPictures(engine, read);
  const clips = keepClips(store, engine);
  const clipRuns = keepClipRuns({
    ...{ store, engine, clips, pictures, exclusive },
    onSlice: () => void quietly(store, () => lookCloser()),
    tell: notices.tell,
  });
  const models = keepModels({ store, engine, gate: firstPaint.passed, onFailure: (error) => alive.onFailure(error) });
  const whenCaughtUp = { catchUp: (): Promise<void> => catchUp() };
  const alive = keepAlive({
    store,
    host,
    forget: pictures.forget,
    reopen: models.reopen,
    giveUp: models.giveUp,
    catchUp: whenCaughtUp.catchUp,
    tell: ({ code, parameters }) => notices.tell([{ text: 'shell.notice.recovered', parameters: { code, ...parameters } }]),
  });
  const { onFailure, onSuccess } = alive;
  const catchingUp = { store, engine, pictures, clipRuns, exclusive, onFailure, onSuccess };
  const catchUp = catchUpWith(catchingUp);
  const lookCloser: () => Promise<void> = lookCloserWith(catchingUp);
  const sources = keepSources({ store, pictures, clips, read, tell: notices.replace });
  const tray = keepTray({ store, engine, read, exclusive, onFailure: alive.onFailure, whenBack: alive.whenBack });
  const ghosts = keepGhosts({ store, engine, surroundings, clips });
  const wantEntryPictures = keepEntryPictures(store, engine);
  const shown = () =>
    catchUp().catch((error: unknown) => {
      camera.stop();
      throw error;
    });
  const rolled = rollFrames(engine);
  const rolledLength = () => {
    const { window } = frameRuleOf(store.getState().slots[0]?.manifest ?? { medium: 'image', size: NO_SIZE });
    return Math.max(LEAST_ROLLED, window);
  };
  const camera = keepCamera(store, surroundings, {
    show: (frame) => {
      sources.openBitmap(frame, { name: 'camera', kind: 'camera' });
      return shown();
    },
    roll: (frame, time) => rolled.take(frame, time, rolledLength()),
    emptyRoll: rolled.empty,
    async showRolled() {
      const { clip, window } = rolled.clip(rolledLength(), 'camera') ?? {};
      if (!clip) return false;
      sources.openClip(sources.begin(), clip, { name: 'camera', kind: 'camera' }, window);
      await shown();
      return true;
    },
  });
  return {
    ...{ store, engine, surroundings, exclusive, firstPaint, notices, pictures, models, catchUp, alive },
    ...{ clips, clipRuns, lookCloser, sources, tray, ghosts, wantEntryPictures, camera },
  };
}
