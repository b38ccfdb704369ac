import { useEffect, useRef, useState } from 'react';
import type { Answer } from '../state/attempt.ts';
import { useActions } from '../state/hooks.ts';

type Actions = ReturnType<typeof useActions>;
type Found<V extends 'lookUpModel' | 'inspectModel'> = Extract<Awaited<ReturnType<Actions[V]>>, { value: unknown }>['value'];
export type RemoteModel = Found<'lookUpModel'>;
export type RemoteChoice = RemoteModel['choices'][number];
export type RemoteFacts = Found<'inspectModel'>;
type Failure = Extract<Answer<unknown>, { failed: unknown }>['failed'];

type StoredModel = Awaited<ReturnType<Actions['storedModels']>>[number];

/** How far a model on a server has come: looked up, looked into, agreed to, fetched. */
export interface RemoteState {
  readonly stage: 'looking' | 'inspecting' | 'offered' | 'fetching' | 'failed';
  readonly model?: RemoteModel | undefined;
  readonly choice?: RemoteChoice | undefined;
  readonly facts?: RemoteFacts | undefined;
  readonly progress?: { readonly loaded: number; readonly total: number } | undefined;
  readonly failed?: Failure | undefined;
  /** On this machine already, from an earlier visit; `form` says how it was converted. */
  readonly stored?: StoredModel | undefined;
}

/** Goes through the steps of opening a model at an address; every step can be left, and the next one waits for the visitor. */
export function useRemoteModel(address: string, onOpen: () => void) {
  const actions = useActions();
  const [state, setState] = useState<RemoteState>({ stage: 'looking' });
  const running = useRef(new AbortController());

  /** Ends what is going on, and gives the signal of what comes. */
  const next = (change: RemoteState): AbortSignal => {
    running.current.abort();
    running.current = new AbortController();
    setState(change);
    return running.current.signal;
  };
  const fail = (failed: Failure) => setState((now) => ({ ...now, stage: 'failed', failed }));

  /** `anew`: although it is on this machine already, in another form. */
  async function inspect(model: RemoteModel, choice: RemoteChoice, anew = false): Promise<void> {
    const signal = next({ stage: 'inspecting', model, choice });
    const kept = await actions.storedModels();
    if (signal.aborted) return;
    const stored = anew ? undefined : kept.find(({ id, opens }) => opens && id === choice.id);
    if (stored) return setState({ stage: 'offered', model, choice, stored });
    const answer = await actions.inspectModel(choice, signal);
    if (!answer || signal.aborted) return;
    if ('failed' in answer) return fail(answer.failed);
    setState({ stage: 'offered', model, choice, facts: answer.value });
  }

  async function lookUp(): Promise<void> {
    const signal = next({ stage: 'looking' });
    const answer = await actions.lookUpModel(address, signal);
    if (!answer || signal.aborted) return;
    if ('failed' in answer) return fail(answer.failed);
    const [first] = answer.value.choices;
    if (first) await inspect(answer.value, first);
  }

  async function open(): Promise<void> {
    const { model, choice, facts, stored } = state;
    if (!model || !choice) return;
    if (stored && (await actions.openStoredModel(choice.id))) return onOpen();
    if (!facts) return inspect(model, choice);
    const signal = next({ stage: 'fetching', model, choice, facts });
    const show = (progress: RemoteState['progress']) => {
      if (!signal.aborted) setState((now) => ({ ...now, progress }));
    };
    const answer = await actions.fetchModel({ model, choice, facts }, show, signal);
    if (!answer || signal.aborted) return;
    if ('failed' in answer) return fail(answer.failed);
    onOpen();
    void answer.value();
  }

  // Once for each address; the steps that follow are the visitor's.
  useEffect(() => {
    void lookUp();
    return () => running.current.abort();
  }, [address]);

  return {
    state,
    choose: (choice: RemoteChoice) => state.model && void inspect(state.model, choice),
    open: () => void open(),
    /** What opening it in the form chosen now would fetch, where another form is on this machine. */
    lookAnew: () => state.model && state.choice && void inspect(state.model, state.choice, true),
    /** From where it failed: what was fetched is not fetched again. */
    again: () => void (state.facts ? open() : state.model && state.choice ? inspect(state.model, state.choice) : lookUp()),
    /** Stops fetching; what has come stays. */
    stop: () => {
      const { model, choice, facts } = state;
      next({ stage: 'offered', model, choice, facts });
    },
  };
}
