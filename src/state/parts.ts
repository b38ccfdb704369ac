import { serialQueue } from '../core/serial-queue.ts';
import type { EngineHost } from '../engine/protocol.ts';
import { keepCamera } from './camera.ts';
import { catchUpWith } from './catch-up.ts';
import { keepEntryPictures } from './entry-pictures.ts';
import { makeGate } from './gate.ts';
import { keepGhosts } from './ghosts.ts';
import { keepPictures } from './kept-pictures.ts';
import { keepModels } from './models.ts';
import { noticesOf } from './notices.ts';
import { keepAlive } from './recovery.ts';
import { keepSources } from './sources.ts';
import { createPlaygroundStore, type State } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import { keepTray } from './tray.ts';

/** What any graphics card of the last ten years can hold, until this one has been looked at. Pixels. */
const UNKNOWN_SIDE = 8192;

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
  const catchUp = catchUpWith({ store, engine, pictures, exclusive, onFailure: alive.onFailure, onSuccess: alive.onSuccess });
  const sources = keepSources({ store, pictures, read, tell: notices.replace });
  const tray = keepTray({ store, engine, read, exclusive, onFailure: alive.onFailure, whenBack: alive.whenBack });
  const ghosts = keepGhosts(store, surroundings);
  const wantEntryPictures = keepEntryPictures(store, engine);
  const camera = keepCamera(store, surroundings, (frame) => {
    sources.openBitmap(frame, { name: 'camera', kind: 'camera' });
    return catchUp().catch((error: unknown) => {
      camera.stop();
      throw error;
    });
  });
  return {
    ...{ store, engine, surroundings, exclusive, firstPaint, notices, pictures, models, catchUp, alive },
    ...{ sources, tray, ghosts, wantEntryPictures, camera },
  };
}
