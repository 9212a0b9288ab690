import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { SHELL_CHANNELS } from '../../shared/shell-channels.ts';
import { FrameDouble } from './double/web-contents.ts';
import { loadReadyShell } from './load-shell.ts';
import { PagePlayer } from './page.ts';

const OPEN_LINK = 'command.shell.openLink';
const LINK = 'https://console.example.com/project?id=1';
const REFUSED = { ok: false, error: { code: 'auth-failed' } };

/** A shell whose list of hosts holds one, and its page. */
async function loadWithLinks() {
  const { double } = await loadReadyShell({ env: { TIDEMARK_LINK_HOSTS: 'console.example.com, *.bad, ' } });
  const page = new PagePlayer(double);
  return { double, page, opened: () => double.recorder.of('shell.openExternal').flat() };
}

test('§4.10 the shell listens on the channels of the shared list and on no other', async () => {
  const { double } = await loadReadyShell();
  const registered = [...double.recorder.of('ipcMain.on'), ...double.recorder.of('ipcMain.handle')].flat();
  expect(registered.sort()).toEqual([SHELL_CHANNELS.command, SHELL_CHANNELS.connect].sort());
});

test('§4.10 our page is answered; any other frame, page, address or nobody is not', async () => {
  const { double, page, opened } = await loadWithLinks();
  page.press();
  const ask = [OPEN_LINK, { url: LINK }];

  expect(await page.command(ask, null)).toMatchObject(REFUSED);
  expect(await page.command(ask, new FrameDouble('tidemark://app/'))).toMatchObject(REFUSED);
  expect(await PagePlayer.stranger(double, 'tidemark://app/').command(ask)).toMatchObject(REFUSED);
  page.contents.mainFrame.url = 'https://example.com/';
  expect(await page.command(ask)).toMatchObject(REFUSED);
  page.contents.mainFrame.url = 'tidemark://app/';
  expect(opened()).toEqual([]);

  expect(await page.command(ask)).toEqual({ ok: true, result: {} });
  expect(opened()).toEqual([LINK]);
});

test('§4.10 a link is given to our page only', async () => {
  const { double } = await loadReadyShell();
  const page = new PagePlayer(double);
  const stranger = PagePlayer.stranger(double, 'tidemark://app/');
  stranger.connect(['shell']);
  page.connect(['shell'], null);
  page.connect(['shell'], new FrameDouble('tidemark://app/'));
  for (const args of [[], ['shell', 'engine'], ['nobody'], [{ role: 'shell' }], [null]]) page.connect(args);
  await new Promise((resolve) => setImmediate(resolve));
  expect([...page.received, ...stranger.received]).toEqual([]);
  page.connect(['shell']);
  expect((await page.next(SHELL_CHANNELS.link)).ports).toHaveLength(1);
});

test('§4.11 whatever a page sends as a command is refused in words, and does nothing', async () => {
  const { page, opened } = await loadWithLinks();
  page.press();
  const nearMiss = fc.constantFrom<unknown[]>(
    [],
    [OPEN_LINK],
    [OPEN_LINK, LINK],
    [OPEN_LINK, { url: 1 }],
    [OPEN_LINK, { url: LINK, extra: true }],
    [OPEN_LINK, { url: LINK }, 'more'],
    [OPEN_LINK, { url: 'x'.repeat(3_000) }],
    ['toString', {}],
    ['__proto__', {}],
    ['constructor', { url: LINK }],
    [['command.shell.openLink'], { url: LINK }],
  );
  const anything = fc.array(fc.anything({ withNullPrototype: true }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.oneof(nearMiss, anything), async (args) => {
      expect(await page.command(args)).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    }),
    { numRuns: 1_000 },
  );
  expect(opened()).toEqual([]);
});

test.each([
  'http://console.example.com/',
  'https://console.example.com:444/',
  'https://console.example.com./',
  'https://console.example.com@evil.example/',
  'https://user@console.example.com/',
  'https://evil.example/?https://console.example.com/',
  'https://console.example.com.evil.example/',
  'https://evilconsole.example.com/',
  'https://x.bad/',
  'https://[::1]/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'tidemark://app/',
  'smb://console.example.com/share',
  'ms-msdt:/id',
  '//console.example.com/',
  'console.example.com',
  '',
])('§4.5 "%s" is not opened', async (url) => {
  const { page, opened } = await loadWithLinks();
  page.press();
  expect(await page.command([OPEN_LINK, { url }])).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  expect(opened()).toEqual([]);
});

test('§4.5 what is opened is the parsed address, not the text', async () => {
  const { page, opened } = await loadWithLinks();
  page.press();
  await page.command([OPEN_LINK, { url: '  HTTPS:\\\\CONSOLE.example.com\\a b\n' }]);
  expect(opened()).toEqual(['https://console.example.com/a%20b']);
});

test('§4.5 a link opens after a press of the user only, and not long after', async () => {
  const { page, opened } = await loadWithLinks();
  const open = () => page.command([OPEN_LINK, { url: LINK }]);
  expect(await open()).toMatchObject({ ok: false });
  page.contents.emit('input-event', {}, { type: 'mouseMove' });
  page.contents.emit('input-event', {}, { type: 'mouseWheel' });
  expect(await open()).toMatchObject({ ok: false });
  page.press();
  expect(await open()).toMatchObject({ ok: true });
  const laterMs = performance.now() + 5_001;
  vi.spyOn(performance, 'now').mockReturnValue(laterMs);
  expect(await open()).toMatchObject({ ok: false });
  vi.restoreAllMocks();
  expect(opened()).toHaveLength(1);
});

test('§4.5 without a list nothing is opened', async () => {
  const { double } = await loadReadyShell();
  const page = new PagePlayer(double);
  page.press();
  expect(await page.command([OPEN_LINK, { url: LINK }])).toMatchObject({ ok: false });
});
