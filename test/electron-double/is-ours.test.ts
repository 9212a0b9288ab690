import { describe, expect, test } from 'vitest';
import { isOurs } from '../../main/hosts/electron/is-ours.ts';
import { loadReadyShell } from './load-shell.ts';

const OURS = [
  'tidemark://app/',
  'tidemark://app',
  'tidemark://app/index.html',
  'tidemark://app/?a=1#tidemark://x',
];

const LOOK_ALIKES = [
  '',
  'null',
  'about:blank',
  'about:srcdoc',
  'https://app/',
  'https://tidemark/app/',
  'https://tidemark.app/',
  'https://example.com/?tidemark://app/',
  'https://example.com/#tidemark://app/',
  'https://tidemark:app@example.com/',
  'tidemark:',
  'tidemark:app',
  'tidemark:/app/',
  'tidemark:///app/',
  'tidemark://',
  'tidemark://app.example.com/',
  'tidemark://appx/',
  'tidemark://xapp/',
  'tidemark://app:80/',
  'tidemark://app@example.com/',
  'tidemark://user@app/',
  'tidemark://user:word@app/',
  'tidemark://example.com/app/',
  'tidemark://app%2eexample.com/',
  'tidemark://аpp/', // the first letter is Cyrillic
  'tidemark-open://app/',
  'tidemarks://app/',
  'xtidemark://app/',
  'file:///app/index.html',
  'data:text/html,tidemark://app/',
  'blob:tidemark://app/3f1c0c7e-0000-4000-8000-000000000000',
  'view-source:tidemark://app/',
  'filesystem:tidemark://app/temporary/x',
  'javascript:location="tidemark://app/"',
  'devtools://devtools/bundled/inspector.html',
  'chrome://gpu/',
];

test.each(OURS)('§4.3 %s is ours', (url) => expect(isOurs(url)).toBe(true));
test.each(LOOK_ALIKES)('§4.3 "%s" is not ours', (url) => expect(isOurs(url)).toBe(false));

describe('§4.4 navigation', () => {
  test('goes to our own page only', async () => {
    const { double } = await loadReadyShell();
    const contents = double.windows[0]?.webContents;
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      for (const url of OURS) expect(contents?.navigate(event, url), `${event} ${url}`).toBe(true);
      for (const url of LOOK_ALIKES) expect(contents?.navigate(event, url), `${event} ${url}`).toBe(false);
    }
  });

  test('opens no window, whatever the address', async () => {
    const { double } = await loadReadyShell();
    const handler = double.windows[0]?.webContents.openHandler;
    for (const url of [...OURS, ...LOOK_ALIKES]) {
      const details = { url, frameName: '', features: '', disposition: 'new-window' as const };
      expect(handler?.({ ...details, referrer: { url: '', policy: 'no-referrer' } })).toEqual({
        action: 'deny',
      });
    }
  });

  test('embeds nothing', async () => {
    const { double } = await loadReadyShell();
    let isPrevented = false;
    const event = { preventDefault: () => (isPrevented = true) };
    double.windows[0]?.webContents.emit('will-attach-webview', event, {}, { src: 'tidemark://app/' });
    expect(isPrevented).toBe(true);
  });

  test('is guarded for every page that ever comes to be', async () => {
    const { double } = await loadReadyShell();
    const { WebContentsDouble } = await import('./double/web-contents.ts');
    const stranger = new WebContentsDouble('about:blank');
    double.app.emit('web-contents-created', {}, stranger);
    expect(stranger.navigate('will-navigate', 'https://example.com/')).toBe(false);
    expect(stranger.openHandler).toBeDefined();
  });
});
