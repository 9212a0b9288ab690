import { expect, test } from 'vitest';
import { nodeRuntime } from '../../main/runtime.ts';
import { ELECTRON_CAPABILITIES } from '../../shared/capabilities.ts';
import { createRpcClient } from '../../shared/rpc/client-core.ts';
import { createPortLink } from '../../shared/rpc/port-link.ts';
import { SHELL_CHANNELS } from '../../shared/shell-channels.ts';
import type { ElectronDouble } from './double/electron-double.ts';
import type { PortDouble } from './double/ports.ts';
import { SilentUtilityProcess } from './double/utility-process.ts';
import { loadReadyShell } from './load-shell.ts';
import { PagePlayer } from './page.ts';

/** The newest process of a role, as the shell forked them: engine first, then query, then their followers. */
function processOf({ processes }: ElectronDouble, index: number): SilentUtilityProcess {
  const process = processes[index];
  if (!(process instanceof SilentUtilityProcess)) throw new Error(`no process ${index}`);
  return process;
}

const say = (process: SilentUtilityProcess, message: object): boolean => process.emit('message', message);
/** The end of a page's port that a process was given. */
const endIn = ({ told }: SilentUtilityProcess, pagePort: PortDouble | undefined): PortDouble | undefined =>
  told.flatMap(({ ports }) => ports).find((port) => port.isPeerOf(pagePort));
const linksOf = (page: PagePlayer): unknown[] =>
  page.received.filter(({ channel }) => channel === SHELL_CHANNELS.link).map(({ body }) => body);
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('both processes are forked from the built entries, told the folder, and named', async () => {
  const { double, dataDir } = await loadReadyShell();
  const forks = double.recorder.of('utilityProcess.fork');
  expect(forks).toEqual([
    [
      expect.stringMatching(/dist\/main\/engine\.mjs$/),
      [],
      expect.objectContaining({ serviceName: 'Tidemark engine' }),
    ],
    [
      expect.stringMatching(/dist\/main\/query\.mjs$/),
      [],
      expect.objectContaining({ serviceName: 'Tidemark query' }),
    ],
  ]);
  expect(processOf(double, 0).told).toMatchObject([{ message: { c: 'start', dataDir, epoch: 1 } }]);
  expect(processOf(double, 1).told).toMatchObject([{ message: { c: 'start', dataDir, epoch: 2 } }]);
});

test('a page gets its link once the process is up: one port each, and no data through the shell', async () => {
  const { double } = await loadReadyShell();
  const page = new PagePlayer(double);
  page.connect(['query']);
  await settle();
  expect(linksOf(page)).toEqual([]);
  say(processOf(double, 1), { c: 'ready' });
  const { body, ports } = await page.next(SHELL_CHANNELS.link);
  expect(body).toEqual({ role: 'query' });
  expect(ports).toHaveLength(1);
  const theirs = endIn(processOf(double, 1), ports[0]);
  expect(theirs).toBeDefined();
  const heard = new Promise((resolve) =>
    ports[0]?.on('message', ({ data }: { data: unknown }) => resolve(data)),
  );
  ports[0]?.start();
  theirs?.postMessage({ frame: { t: 'pong' } });
  await expect(heard).resolves.toEqual({ frame: { t: 'pong' } });
});

test('a page hears at once that a process is gone, and gets a port of the next one', async () => {
  const { double } = await loadReadyShell();
  const page = new PagePlayer(double);
  for (const index of [0, 1]) say(processOf(double, index), { c: 'ready' });
  processOf(double, 1).emit('exit', 11);
  expect((await page.next(SHELL_CHANNELS.lost)).body).toEqual({ role: 'query' });
  page.connect(['query']);
  await expect.poll(() => double.processes.length).toBe(3);
  say(processOf(double, 2), { c: 'ready' });
  const { ports } = await page.next(SHELL_CHANNELS.link);
  expect(endIn(processOf(double, 2), ports[0])).toBeDefined();
  expect(endIn(processOf(double, 1), ports[0])).toBeUndefined();
});

test('a page that went away while its process started gets nothing', async () => {
  const { double } = await loadReadyShell();
  const page = new PagePlayer(double);
  page.connect(['engine']);
  page.contents.mainFrame.detached = true;
  say(processOf(double, 0), { c: 'ready' });
  await settle();
  expect(page.received).toEqual([]);
});

test('the shell answers its own methods over a link of its own', async () => {
  const { double } = await loadReadyShell();
  const page = new PagePlayer(double);
  page.connect(['shell']);
  const { ports } = await page.next(SHELL_CHANNELS.link);
  const [port] = ports;
  if (port === undefined) throw new Error('no port');
  const client = createRpcClient({
    lanes: [{ roles: ['shell'], open: () => Promise.resolve(createPortLink(port)) }],
    app: 'test',
    runtime: nodeRuntime,
  });
  await expect(client.call('query.shell.capabilities', {})).resolves.toEqual(ELECTRON_CAPABILITIES);
  const down = new Promise((resolve) => client.subscribe('process.state', { onEvent: resolve }));
  say(processOf(double, 0), { c: 'ready' });
  await expect(down).resolves.toEqual({ role: 'engine', state: 'up', epoch: 1 });
  client.close();
});

test('a folder that the engine cannot open is said in words, and the app ends', async () => {
  const { double } = await loadReadyShell();
  const exited = new Promise((resolve) => double.app.once('exited', resolve));
  const error = { code: 'corrupt', message: 'the catalogue is damaged', retryable: false };
  say(processOf(double, 0), { c: 'failed', error });
  expect(double.recorder.of('dialog.showErrorBox')).toEqual([
    ['Tidemark cannot go on', 'the catalogue is damaged'],
  ]);
  await exited;
});
