import type { EngineHost } from '../engine/protocol.ts';
import type { Actions } from './actions.ts';
import { quietly } from './attempt.ts';
import { clipActions } from './clip-actions.ts';
import { modelActions } from './model-actions.ts';
import { onnxActions } from './onnx-actions.ts';
import { assemble, type Parts } from './parts.ts';
import { questionActions } from './question-actions.ts';
import { remoteActions } from './remote-actions.ts';
import { sourceActions } from './source-actions.ts';
import type { State } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import type { LinkState } from './url.ts';
import { viewActions } from './view-actions.ts';

/** One playground: its state, and every verb a person has. A verb changes an input; catch-up does the rest. */
export function createPlayground(host: EngineHost, surroundings: Surroundings, initial: Partial<State> = {}) {
  const parts = assemble(host, surroundings, initial);
  const aboutModels = modelActions(parts);
  const aboutOnnx = onnxActions(parts, aboutModels.openModelFiles);
  const aboutRemote = remoteActions(parts, { ...aboutModels, ...aboutOnnx });
  const actions: Actions = {
    ...viewActions(parts),
    ...aboutModels,
    ...aboutOnnx,
    ...aboutRemote,
    ...sourceActions(parts, { ...aboutModels, ...aboutOnnx, ...aboutRemote }),
    ...clipActions(parts),
    ...questionActions(parts),
  };
  return {
    store: parts.store,
    actions,
    catalog: surroundings.catalog,
    samples: surroundings.samples,
    start: (link: Partial<LinkState>) => start(parts, actions, link),
  };
}

/** The engine waits so long for recorded results to be drawn: both at once take longer than one after the other. */
const GHOST_MS = 800;

/** Opens what a link asks for, or the first model and sample: recorded results first, then the real thing. */
async function start(
  { store, engine, surroundings, firstPaint }: Parts,
  actions: Actions,
  link: Partial<LinkState>,
): Promise<void> {
  const { catalog, samples } = surroundings;
  void quietly(store, async () => {
    const device = await engine.device();
    store.setState((state) => ({ device: state.device ?? device }));
  });
  const known = (link.models ?? []).filter((id) => catalog.some((model) => model.id === id));
  const [first, ...more] = known;
  // A model that was converted here in an earlier visit comes as soon as it can; on other machines the usual one stays.
  const [stored] = link.models ?? [];
  if (stored !== undefined && stored !== known[0]) void actions.openStoredModel(stored);
  const usual = link.place === 'clip' ? 'clip' : undefined;
  const sample = samples.find(({ id }) => id === link.sample) ?? samples.find(({ kind }) => kind === usual) ?? samples[0];
  if (sample) firstPaint.shut(GHOST_MS);
  if (link.size) store.setState({ sizeIsAsked: true });
  const medium = sample?.kind === 'clip' ? 'video' : 'image';
  const opening =
    first === undefined ? [actions.suitModel(medium)] : [actions.openModel(first), ...more.map((id) => actions.addModel(id))];
  await Promise.all([...opening, sample && actions.openSample(sample.id)]);
}
