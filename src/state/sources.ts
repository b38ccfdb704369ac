import { type ClipWindow, tickCount } from '../core/clip.ts';
import { WHOLE } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { TokenGrid } from '../core/token-grid.ts';
import type { OpenedClip } from '../media/clips/opened-clip.ts';
import type { Remark } from '../media/opened-picture.ts';
import type { KeptClips } from './clip-feed.ts';
import { firstWindow, fitWindow, mostFrames, usualFraming } from './clip-window.ts';
import type { KeptPictures, ReadPicture } from './kept-pictures.ts';
import { checkTokens } from './run.ts';
import type { Source, Store } from './store.ts';
import type { OpenedFile } from './surroundings.ts';

export interface SourceParts {
  readonly store: Store;
  readonly pictures: KeptPictures;
  readonly clips: KeptClips;
  readonly read: ReadPicture;
  readonly tell: (remarks: readonly Remark[]) => void;
}

interface About {
  readonly name: string;
  readonly kind: Source['kind'];
  readonly sample?: string;
}

/** Opening of sources: the newest wins, and the one before stays until the new one could be read. */
export function keepSources({ store, pictures, clips, read, tell }: SourceParts) {
  let newest = 0;

  /** Takes a key for a source that begins to open; those still opening are overtaken. */
  function begin(): number {
    store.setState({ busy: 'opening-source' });
    return ++newest;
  }

  const overtaken = (key: number) => key !== newest;

  /** Tokens that the model on screen has no entries for are refused while the source before still stands. */
  function refuseForeign(grid: TokenGrid): void {
    const model = store.getState().slots[0]?.model;
    if (model) checkTokens(grid, model.codebookSize);
  }

  function show(key: number, about: About, opened: Exclude<OpenedFile, { kind: 'clip' }>, file?: Blob): void {
    clips.clear();
    // A picture has nothing to show among clips.
    const still = opened.kind === 'picture' && ['file', 'url', 'paste'].includes(about.kind);
    if (still && store.getState().place === 'clip') store.setState({ place: 'pipeline' });
    if (opened.kind === 'tokens') {
      pictures.clear();
      put({ key, ...about, kind: 'tokens', grid: opened.grid });
      tell([]);
      return;
    }
    pictures.keep({ key, name: about.name, ...(file ? { file } : {}) }, opened.picture);
    put({ key, ...about, height: opened.height, width: opened.width });
    if (about.kind !== 'camera') tell(opened.remarks);
  }

  function showClip(key: number, about: About, clip: OpenedClip, window: ClipWindow): void {
    const { height, width } = clip.facts;
    pictures.clear();
    clips.keep(key, clip);
    const piece = { facts: clip.facts, window, frames: tickCount(window), times: [], complete: false };
    put({ key, ...about, height, width, clip: piece });
  }

  /** A crop belongs to the picture it was drawn on; a camera's next frame is the same picture here. */
  function put(source: Source): void {
    const state = store.getState();
    const { source: before, framing, playhead } = state;
    const follows = before?.kind === 'camera' && source.kind === 'camera';
    const drop = before && framing.fit === 'crop' && !follows;
    const isClip = !!source.clip;
    // A size that a link or a visitor chose for a picture stays; so does one chosen for a clip.
    const sized = isClip === !!before?.clip ? framing : usualFraming(state, isClip);
    // The first one of a visit may come with a link that says where to look.
    const stays = follows || !before || (before.clip && before.name === source.name && before.sample === source.sample);
    store.setState({
      source,
      sizeIsAsked: false,
      playhead: stays ? playhead : 0,
      framing: drop ? { ...sized, fit: 'fill', crop: WHOLE } : sized,
    });
  }

  function openClip(key: number, about: About, clip: OpenedClip): void {
    const { facts, name } = clip;
    const state = store.getState();
    const most = mostFrames({ slots: state.slots, framing: usualFraming(state, true) });
    const asked = askedWindow(about, clip);
    const window = asked ? fitWindow(facts, asked, most) : firstWindow(facts, most);
    showClip(key, about, clip, window);
    // Where it moves; a link and a sample say themselves where they belong.
    if (about.kind === 'file' || about.kind === 'url') store.setState({ place: 'clip' });
    const thinned = facts.rate > window.rate * 1.05;
    const rates = { name, rate: round(facts.rate), used: round(window.rate) };
    tell([...clip.remarks, ...(thinned ? [{ text: 'sources.notice.clipThinned', parameters: rates }] : [])]);
  }

  /** The piece that the link to this clip asks for. A sample of the page waits for nobody; another clip takes its own piece. */
  function askedWindow({ kind, sample }: About, { facts }: OpenedClip): ClipWindow | undefined {
    const { piece } = store.getState();
    if (!piece || (piece.sample === undefined && kind === 'sample')) return undefined;
    store.setState({ piece: undefined });
    return piece.sample === sample && piece.window.start < facts.duration ? piece.window : undefined;
  }

  /** Another piece of the present clip, as a source of its own. */
  function trim(change: Partial<ClipWindow>): void {
    const { source } = store.getState();
    const clip = source && clips.clipOf(source.key);
    if (!source?.clip || !clip || source.kind === 'camera') return;
    const asked = { ...source.clip.window, ...change };
    const most = mostFrames(store.getState());
    const window = fitWindow(clip.facts, asked, most);
    const { key: _, clip: __, ...about } = source;
    store.setState({ piece: undefined });
    showClip(begin(), about, clip, window);
    const cut = tickCount(window) === most && asked.duration > window.duration;
    tell(cut ? [{ text: 'sources.notice.clipShortened', parameters: { frames: most, seconds: round(window.duration) } }] : []);
  }

  return {
    begin,
    overtaken,
    /** Reads a file and shows it, unless something newer was opened meanwhile. */
    async openFile(key: number, file: Blob, about: About): Promise<void> {
      const opened = await read(file, about.name);
      if (!overtaken(key)) {
        if (opened.kind === 'clip') return openClip(key, about, opened.clip);
        if (opened.kind === 'tokens') refuseForeign(opened.grid);
        return show(key, about, opened, file);
      }
      if (opened.kind === 'clip') opened.clip.close();
      if (opened.kind === 'picture' && 'close' in opened.picture) opened.picture.close();
    },
    /** A clip that is open already: a sequence of pictures, a camera's last frames. `window` says which piece, instead of the usual one. */
    openClip(key: number, clip: OpenedClip, about: About, window?: ClipWindow): void {
      if (overtaken(key)) clip.close();
      else if (window) showClip(key, about, clip, window);
      else openClip(key, about, clip);
    },
    trim,
    /** A larger size, or a model that sees larger frames: the piece must fit into memory with these too. */
    refit(): void {
      const { source, ...state } = store.getState();
      if (!source?.clip || tickCount(source.clip.window) <= mostFrames(state)) return;
      trim({});
      store.setState({ busy: 'idle' });
    },
    openBitmap(picture: ImageBitmap | Picture, about: About): void {
      const { height, width } = picture;
      show(begin(), about, { kind: 'picture', picture, height, width, remarks: [] });
    },
    openGrid(grid: TokenGrid, name: string): void {
      refuseForeign(grid);
      show(begin(), { name, kind: 'tokens' }, { kind: 'tokens', grid });
    },
    /** Reads the present file again, with the settings of now. */
    reread(): void {
      const { source } = store.getState();
      if (!source || source.grid || source.clip || source.kind === 'camera') return;
      pictures.renew(++newest);
      store.setState({ source: { ...source, key: newest } });
    },
  };
}

/** For sentences. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
