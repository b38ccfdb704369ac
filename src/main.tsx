import './ui/theme.css';
import { mountPage } from './app/mount.tsx';
import { startOffline } from './app/offline.ts';
import { pageSurroundings } from './app/surroundings.ts';
import { readSafetensors } from './convert/containers/safetensors.ts';
import { readValues } from './convert/tensors.ts';
import { listModels } from './engine/catalog.ts';
import { startEngine } from './engine/client.ts';
import { entryGeometry } from './engine/entry-geometry.ts';

const host = startEngine();
const toy = new URLSearchParams(location.search).has('test');
void mountPage(host, pageSurroundings({ catalog: listModels({ toy }), readTensor, entryGeometry }));
void startOffline(host.engine.device().then(({ build }) => build));

async function readTensor(file: Blob, name: string, tensor: string) {
  const stored = (await readSafetensors(file, name)).get(tensor);
  return stored && readValues(stored);
}
