import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import type { PortDouble } from './double/ports.ts';
import type { SentToPage } from './double/web-contents.ts';
import type { PagePlayer } from './page.ts';

const root = path.resolve(import.meta.dirname, '../..');
const builtPreload = path.join(root, 'dist/preload/index.cjs');
const stub = path.join(import.meta.dirname, 'preload-stub.js');

/** Stands for `tidemark://app`, which only Electron knows; secure like it. */
export const PAGE_ORIGIN = 'https://app.tidemark.test';

export interface ShellSide {
  /** Serves the page: the shell's own protocol handler. */
  serve: (request: Request) => Promise<Response> | Response;
  /** What the page sends goes through here; without one it is only recorded. */
  player?: PagePlayer;
  mutatePreload?: (source: string) => string;
}

interface Played {
  kind: 'document' | 'require' | 'on' | 'send' | 'invoke' | 'message' | 'port' | 'port-closed';
  channel?: string;
  args?: unknown[];
  body?: unknown;
  ports?: number[];
  port?: number;
  data?: unknown;
}

/** A page of real Chromium that meets the shipped preload, served by the shipped handler under the shipped policy. */
export class ChromiumPage {
  /** What the preload did: modules required, channels listened and sent on. */
  readonly played: Played[] = [];
  readonly #page: Page;
  readonly #player: PagePlayer | undefined;
  readonly #portById = new Map<number, PortDouble>();
  #lastPortId = 0;
  /** Raised with every document: ports and messages of an earlier one are void, as in Electron. */
  #document = 0;
  #toPage: Promise<unknown> = Promise.resolve();

  private constructor(page: Page, player: PagePlayer | undefined) {
    this.#page = page;
    this.#player = player;
  }

  static async open(
    page: Page,
    { serve, player, mutatePreload = (source) => source }: ShellSide,
  ): Promise<ChromiumPage> {
    const opened = new ChromiumPage(page, player);
    await page.route(`${PAGE_ORIGIN}/**`, async (route) => {
      const url = route.request().url().replace(PAGE_ORIGIN, 'tidemark://app');
      const response = await serve(new Request(url, { method: route.request().method() }));
      const body = Buffer.from(await response.arrayBuffer());
      await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
    });
    await page.exposeFunction('__playShell', (message: Played) => opened.#fromPage(message));
    await page.addInitScript({ content: initScript(mutatePreload(readFileSync(builtPreload, 'utf8'))) });
    player?.contents.mainFrame.on('received', (message: SentToPage) => opened.send(message));
    await page.goto(`${PAGE_ORIGIN}/`);
    return opened;
  }

  /** As the shell's `webContents.send` and `postMessage`. */
  send({ channel, body, ports }: SentToPage): void {
    this.#post({ kind: 'message', channel, body, ports: ports.map((port) => this.#adopt(port)) });
  }

  #startDocument(): void {
    this.#document++;
    for (const port of this.#portById.values()) port.close();
    this.#portById.clear();
  }

  #fromPage(message: Played): unknown {
    const { kind, channel, args = [], port, data } = message;
    if (kind === 'document') {
      this.#startDocument();
      return;
    }
    if (kind === 'port') return this.#portById.get(port ?? 0)?.postMessage(decode(data));
    if (kind === 'port-closed') return this.#portById.get(port ?? 0)?.close();
    this.played.push({ kind, ...(channel === undefined ? {} : { channel }), args });
    if (kind === 'send') return this.#player?.connect(args);
    return kind === 'invoke' ? this.#player?.command(args) : undefined;
  }

  #adopt(port: PortDouble): number {
    const id = ++this.#lastPortId;
    this.#portById.set(id, port);
    port.on('message', ({ data: message }: { data: unknown }) =>
      this.#post({ kind: 'port', port: id, data: encode(message) }),
    );
    port.on('close', () => this.#post({ kind: 'port-closed', port: id }));
    port.start();
    return id;
  }

  /** In order, and nowhere once the document is gone. */
  #post(message: Played): void {
    const document = this.#document;
    const isGone = (): boolean => document !== this.#document || this.#page.isClosed();
    const post = async (): Promise<void> => {
      if (isGone()) return;
      const give = (played: object): void =>
        (Reflect.get(window, '__fromShell') as (message: object) => void)(played);
      await this.#page.evaluate(give, message);
    };
    this.#toPage = this.#toPage.then(post).catch((error: unknown) => {
      if (!isGone()) throw error;
    });
  }
}

const initScript = (preload: string): string =>
  `${readFileSync(stub, 'utf8').replace('export function', 'function')}
   playPreload(function (require, module, exports) {${preload}\n});`;

/** What crosses to the page is JSON. */
function encode(message: unknown): unknown {
  if (!hasBytes(message)) return message;
  return { ...message, bin: Buffer.from(message.bin).toString('base64') };
}

function decode(message: unknown): unknown {
  if (
    typeof message !== 'object' ||
    message === null ||
    !('bin' in message) ||
    typeof message.bin !== 'string'
  ) {
    return message;
  }
  return { ...message, bin: new Uint8Array(Buffer.from(message.bin, 'base64')) };
}

const hasBytes = (message: unknown): message is { bin: Uint8Array } =>
  typeof message === 'object' && message !== null && 'bin' in message && message.bin instanceof Uint8Array;
