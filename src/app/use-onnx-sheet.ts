import { useCallback, useEffect, useRef, useState } from 'react';
import type { TokenscopeError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import { modelIdFrom } from '../core/model-id.ts';
import type { Corrections, Diagnosis, DiagnosisProgress, Proposal, ProposalProgress, Scaling } from '../core/proposal.ts';
import { pixelsOf } from '../core/scaling.ts';
import { useActions } from '../state/hooks.ts';
import { recallSettled, rememberSettled } from './onnx-memory.ts';

export interface DoctorState {
  readonly phase: 'waiting' | 'running' | 'done' | 'stopped' | 'remembered' | 'failed';
  readonly progress?: DiagnosisProgress;
  readonly diagnosis?: Diagnosis;
  readonly failed?: TokenscopeError;
}

/** A best try below this is no reconstruction at all. dB. */
export const POOR = 12;
const START: Scaling = { input: 'minus-one-one', output: 'minus-one-one', channels: 'rgb' };

/** Everything the sheet shows and settles: the proposal for the files as corrected, then the scalings. */
export function useOnnxSheet(files: Readonly<Record<string, Blob>>) {
  const { proposeOnnx, diagnoseOnnx } = useActions();
  const [corrections, setCorrections] = useState<Corrections>({});
  const [stage, setStage] = useState<ProposalProgress['stage'] | undefined>('reading');
  const [proposal, setProposal] = useState<Proposal>();
  const [failed, setFailed] = useState<TokenscopeError>();
  const [doctor, setDoctor] = useState<DoctorState>({ phase: 'waiting' });
  const [scaling, setScaling] = useState<Scaling>(START);
  const [title, setTitle] = useState('');
  const asked = useRef(new AbortController());
  const recalled = useRef(false);
  const [worked, setWorked] = useState<Corrections>();

  const diagnose = useCallback(
    async (of: Proposal, signal: AbortSignal) => {
      setDoctor({ phase: 'running' });
      const progressed = (progress: DiagnosisProgress) => !signal.aborted && setDoctor({ phase: 'running', progress });
      const answer = await diagnoseOnnx(of, progressed, signal);
      if (signal.aborted) return;
      if (answer && 'failed' in answer) return setDoctor({ phase: 'failed', failed: answer.failed });
      const best = answer?.value.tried[0];
      // Where nothing comes back at all, the usual numbers are as good as any.
      if (best) setScaling(best.psnr < POOR ? START : best.scaling);
      setDoctor({ phase: 'done', ...(answer && { diagnosis: answer.value }) });
    },
    [diagnoseOnnx],
  );

  useEffect(() => {
    const controller = new AbortController();
    asked.current = controller;
    const { signal } = controller;
    const work = async () => {
      setStage('reading');
      setFailed(undefined);
      const answer = await proposeOnnx(files, corrections, (progress) => !signal.aborted && setStage(progress.stage), signal);
      if (signal.aborted || !answer) return;
      setStage(undefined);
      if ('failed' in answer) return setFailed(answer.failed);
      const found = answer.value;
      const settled = recalled.current ? undefined : recallSettled(found.key);
      recalled.current = true;
      setProposal(found);
      setWorked(corrections);
      setTitle((before) => settled?.title ?? (before || found.manifest.title));
      if (settled) setScaling(settled.scaling);
      // The same files once more: what was corrected then is corrected again.
      if (settled && Object.keys(settled.corrections).length > 0) return setCorrections(settled.corrections);
      if (settled) return setDoctor({ phase: 'remembered' });
      await diagnose(found, signal);
    };
    void work();
    return () => controller.abort();
  }, [files, corrections, proposeOnnx, diagnose]);

  /** A new round of the doctor alone. */
  const tryScalings = () => {
    if (!proposal) return;
    asked.current.abort();
    asked.current = new AbortController();
    void diagnose(proposal, asked.current.signal);
  };

  /** Away from a correction that led nowhere; undefined where there is none. */
  const undo = failed && worked && worked !== corrections ? () => setCorrections(worked) : undefined;

  const stop = () => {
    asked.current.abort();
    setDoctor({ phase: 'stopped' });
  };

  const settle = (): Manifest | undefined => {
    if (!proposal) return undefined;
    rememberSettled(proposal.key, { corrections, scaling, title });
    const named = title.trim() || proposal.manifest.title;
    const id = modelIdFrom(named, proposal.manifest.id);
    return { ...proposal.manifest, id, title: named, pixels: pixelsOf(scaling) };
  };

  useEffect(() => () => asked.current.abort(), []);
  return {
    ...{ corrections, setCorrections, stage, proposal, failed, doctor, scaling, setScaling },
    ...{ title, setTitle, tryScalings, stop, settle, undo },
  };
}

export type OnnxSheet = ReturnType<typeof useOnnxSheet>;
