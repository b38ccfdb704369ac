import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ROOT, runProgram } from './project.ts';

/** Where Chrome, Chromium and Edge are found when they are not on the PATH. */
const PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((folder) =>
    ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map((program) =>
      join(process.env[folder] ?? '', program),
    ),
  ),
};

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
];

/** A Chrome, Chromium or Edge of this machine: TOKENSCOPE_BROWSER first, then the PATH, the usual places, Playwright's own. */
export function findBrowser(): string | undefined {
  const onPath = NAMES.flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)));
  const candidates = [
    process.env.TOKENSCOPE_BROWSER ?? '',
    ...onPath,
    ...(PLACES[process.platform] ?? []),
    chromium.executablePath(),
  ];
  return candidates.find((path) => path !== '' && existsSync(path));
}

/**
 * The browser of this machine, or one fetched now: Debian's package where apt may install it, Playwright's elsewhere.
 * Throws with what to do when neither works.
 */
export async function ensureBrowser(): Promise<string> {
  const found = findBrowser();
  if (found) return found;
  process.stdout.write('No Chrome, Chromium or Edge found; fetching Chromium once.\n');
  if (!(await fetchFromDebian())) await fetchFromPlaywright();
  const fetched = findBrowser();
  if (fetched) return fetched;
  throw new Error(
    'No Chrome, Chromium or Edge was found and none could be fetched. Install one, or name it in TOKENSCOPE_BROWSER, and try again.',
  );
}

async function fetchFromDebian(): Promise<boolean> {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/etc/debian_version')) return false;
  const rights = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...words: string[]) => {
    const [program = '', ...argv] = [...rights, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...words];
    return runProgram(program, argv).catch(() => 1);
  };
  if ((await apt('install', '-y', '-q', 'chromium')) === 0) return true;
  return (await apt('update', '-q')) === 0 && (await apt('install', '-y', '-q', 'chromium')) === 0;
}

async function fetchFromPlaywright(): Promise<void> {
  const cli = join(ROOT, 'node_modules/playwright-core/cli.js');
  await runProgram(process.execPath, [cli, 'install', 'chromium']);
}

export interface LaunchOptions {
  /**
   * `none`: no WebGPU adapter, so the page takes WASM. `software`: SwiftShader, correct but slow. `machine`: whatever
   * the machine has.
   */
  readonly gpu?: 'none' | 'software' | 'machine';
  /** A moving test picture as the camera, with the permission given. */
  readonly camera?: boolean;
  /** Further command-line flags. */
  readonly flags?: readonly string[];
}

const QUIET = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--mute-audio',
];

const GPU = {
  none: ['--disable-gpu'],
  software: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  machine: ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--ignore-gpu-blocklist', '--use-angle=vulkan'],
} as const;

/** Starts a headless browser that talks to nobody by itself. The caller closes it. */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureBrowser(),
    args: [
      ...QUIET,
      ...GPU[options.gpu ?? 'none'],
      // Root has no user namespace to put the sandbox in.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(options.camera ? ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] : []),
      ...(options.flags ?? []),
    ],
  });
}
