import { parseArgs } from 'node:util';
import { toErrorShape } from '../../../shared/errors.ts';
import { readLock } from '../../lock.ts';
import { describeDefect } from '../../process/parent.ts';
import { resolveDataDir } from '../../paths.ts';
import { requestFreshLink } from '../fresh-link.ts';
import { prepareBeforeReady } from './before-ready.ts';
import { ProposalBox, watchDeepLinks } from './deeplink.ts';
import type { ElectronMain } from './electron-main.ts';
import { guardNavigation } from './navigation.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const EXIT_FAILED = 1;
const EXIT_CANNOT_RUN_HERE = 3;

export function runShell(electron: ElectronMain): void {
  const { app } = electron;
  const options = parseOptions(process.argv);
  try {
    if (prepareBeforeReady({ ...electron, ...options })) start(electron, options);
    else app.exit(0);
  } catch (error) {
    void fail(electron, error, options);
  }
}

function start(electron: ElectronMain, options: ShellOptions): void {
  const { app } = electron;
  const proposals = new ProposalBox();
  let workbench: Workbench | undefined;
  let isStopped = false;

  watchDeepLinks(app, process.argv, (link) => proposals.propose(link));
  app.on('web-contents-created', (_event, contents) => guardNavigation(contents));
  app.on('second-instance', () => workbench?.showWindow());
  app.on('activate', () => workbench?.showWindow());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (isStopped || workbench === undefined) return;
    event.preventDefault(); // until engine and query have ended cleanly
    isStopped = true;
    void workbench.stop().finally(() => app.quit());
  });
  // not awaited at the top level: `ready` would wait for this module in turn
  app
    .whenReady()
    .then(() => {
      workbench = openWorkbench({ electron, ...options, proposals });
    })
    .catch((error: unknown) => fail(electron, error, options));
}

interface ShellOptions {
  dataDir: string;
  /** Insists on the sample workspace. */
  demo: boolean;
}

/** Chromium's own switches lie among the arguments, so unknown ones are no mistake. */
function parseOptions(argv: readonly string[]): ShellOptions {
  const options = { 'data-dir': { type: 'string' }, demo: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args: argv.slice(1), options, strict: false, allowPositionals: true });
  const flag = values['data-dir'];
  return {
    dataDir: resolveDataDir({ flag: typeof flag === 'string' ? flag : undefined, env: process.env }),
    demo: values.demo === true,
  };
}

async function fail({ app, dialog }: ElectronMain, error: unknown, { dataDir }: ShellOptions): Promise<void> {
  const { code, message } = toErrorShape(error);
  if (code === 'internal') process.stderr.write(`${describeDefect(error)}\n`); // no log is open yet
  const link = code === 'locked' ? await linkToHolder(dataDir) : null;
  dialog.showErrorBox('Tidemark cannot start', link === null ? message : `${message}\n\nOpen ${link}`);
  app.exit(code === 'locked' || code === 'not-available' ? EXIT_CANNOT_RUN_HERE : EXIT_FAILED);
}

/** Null where the program that holds the folder serves no page, or does not answer. */
async function linkToHolder(dataDir: string): Promise<string | null> {
  const holder = readLock(dataDir);
  return holder === null ? null : requestFreshLink(holder).catch(() => null);
}
