import { useEffect, useState } from 'react';
import { useTexts } from '../i18n/index.ts';
import { readPaste } from '../media/clipboard.ts';
import { filesFromDrop } from '../media/dropped-files.ts';
import type { Remark } from '../media/opened-picture.ts';
import type { Actions } from '../state/actions.ts';
import { useActions } from '../state/hooks.ts';
import { modelKind } from '../state/model-files.ts';
import { showDialog } from './dialogs.ts';
import styles from './drop-zone.module.css';

/** Files, folders and pictures of other pages may be dropped anywhere, and pasted; while something is dragged, the window says so. */
export function DropZone() {
  const { t } = useTexts();
  const actions = useActions();
  const [over, setOver] = useState(false);
  useEffect(() => listen(actions, setOver), [actions]);
  if (!over) return null;
  return (
    <div className={styles.zone}>
      <p>
        <b>{t('shell.drop.title')}</b>
        <span>{t('shell.drop.hint')}</span>
      </p>
    </div>
  );
}

function listen(actions: Actions, setOver: (over: boolean) => void): () => void {
  const stop = new AbortController();
  // Enter and leave come for every element below the pointer; the last leave is the one of the window.
  let depth = 0;
  const show = (change: number) => {
    depth = Math.max(0, depth + change);
    setOver(depth > 0);
  };
  const on = <K extends keyof WindowEventMap>(name: K, run: (event: WindowEventMap[K]) => void) =>
    addEventListener(name, run, { signal: stop.signal });
  on('dragenter', (event) => holdsSource(event) && show(1));
  on('dragleave', (event) => holdsSource(event) && show(-1));
  on('dragover', (event) => {
    if (holdsSource(event)) event.preventDefault();
  });
  on('drop', (event) => {
    depth = 0;
    setOver(false);
    if (!event.dataTransfer || !holdsSource(event)) return;
    event.preventDefault();
    openDrop(actions, event.dataTransfer).catch(actions.report);
  });
  on('paste', (event) => {
    const field = (event.target as Element | null)?.closest?.('input, textarea, [contenteditable]');
    if (!event.clipboardData || field) return;
    event.preventDefault();
    openPaste(actions, event).catch(actions.report);
  });
  return () => stop.abort();
}

/** What is dragged within the page (a split handle, selected text) is not ours to take. */
function holdsSource({ dataTransfer }: DragEvent): boolean {
  const types = dataTransfer?.types ?? [];
  return types.includes('Files') || types.includes('text/uri-list');
}

/** Files first, then the address of a picture dragged from another page. */
async function openDrop(actions: Actions, transfer: DataTransfer): Promise<void> {
  // Asked for before the first wait: the browser empties the transfer then.
  const address = droppedAddress(transfer);
  const { files, remarks } = await filesFromDrop(transfer);
  if (files.length > 0) await openAll(actions, files, remarks);
  else if (address) await actions.openUrl(address);
}

/** Pictures, an address, or text with indices. */
async function openPaste(actions: Actions, event: ClipboardEvent): Promise<void> {
  const { files, text } = readPaste(event);
  if (files.length > 0) await openAll(actions, files, []);
  else if (/^https?:\/\/\S+$/.test(text)) await actions.openUrl(text);
  else await actions.openTokenText(text);
}

async function openAll(actions: Actions, files: readonly File[], remarks: readonly Remark[]): Promise<void> {
  // The set shows at once; its first picture opens behind it.
  if (files.length > 1 && !(await modelKind(files))) showDialog('tray');
  await actions.openFiles(files, remarks);
}

/** The image itself rather than the link around it. */
function droppedAddress(transfer: DataTransfer): string | undefined {
  const html = transfer.getData('text/html');
  const image = html && new DOMParser().parseFromString(html, 'text/html').querySelector('img')?.src;
  const links = transfer.getData('text/uri-list').split('\n');
  return image || links.find((line) => line && !line.startsWith('#'))?.trim();
}
