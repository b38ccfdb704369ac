import { lazy, Suspense, useEffect } from 'react';
import { useTokenscope } from '../state/hooks.ts';
import { type DialogName, showDialog, useShownDialog } from './dialogs.ts';

const dialogs = {
  keys: lazy(() => import('./keys-dialog.tsx')),
  save: lazy(() => import('./save-dialog.tsx')),
  open: lazy(() => import('./open-dialog.tsx')),
  framing: lazy(() => import('./framing-editor.tsx')),
  tray: lazy(() => import('./tray-panel.tsx')),
  tokens: lazy(() => import('./tokens-dialog.tsx')),
  stored: lazy(() => import('./stored-dialog.tsx')),
  'clip-save': lazy(() => import('./clip-save-dialog.tsx')),
  'self-test': lazy(() => import('./self-test-dialog.tsx')),
  onnx: lazy(() => import('./open-onnx-dialog.tsx')),
  model: lazy(() => import('./open-model-dialog.tsx')),
} satisfies Record<DialogName, unknown>;

/** The dialog that is open, if any; its code is fetched when it is first opened. */
export function PageDialogs() {
  const name = useShownDialog();
  const sheet = useTokenscope((state) => state.sheet?.key);
  useEffect(() => {
    if (sheet !== undefined) showDialog('onnx');
  }, [sheet]);
  const wanted = useTokenscope((state) => state.wanted?.key);
  useEffect(() => {
    if (wanted !== undefined) showDialog('model');
  }, [wanted]);
  if (!name) return null;
  const Shown = dialogs[name];
  return (
    <Suspense>
      {/* Whatever opened another dialog meanwhile is not closed by the end of this one. */}
      <Shown key={name} onClose={() => showDialog()} />
    </Suspense>
  );
}
