import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../main/runtime.ts';
import { PROGRESS_INTERVAL_MS, STUCK_CANCEL_MS } from '../../shared/limits.ts';
import { createRpcClient, type RpcClient, type RpcClientOptions } from '../../shared/rpc/client-core.ts';
import { type Frame, type Link, PROTOCOL_VERSION } from '../../shared/rpc/frames.ts';
import type { Runtime } from '../../shared/rpc/runtime.ts';
import { malformedFrame } from './malformed.ts';
import { RawEnd } from './raw-end.ts';

/** One kind of lane with the answering end of answering-end.ts behind it. */
export interface ContractLane {
  connect(): Promise<Link>;
  close(): Promise<void>;
}

const ROLES = ['engine', 'query'] as const;
const PATIENCE = { timeout: 20_000 };
const MALFORMED_FRAMES = 1_000;
const OP = '0b6f3f0a-54a5-4c06-9c36-3a4b5f3f8a01';

/** Everything the contract promises, whatever carries the frames. */
export function describeContract(name: string, open: () => Promise<ContractLane>): void {
  describe(`the contract over ${name}`, () => {
    let lane: ContractLane;
    const clients: RpcClient[] = [];
    const ends: RawEnd[] = [];

    beforeAll(async () => {
      lane = await open();
    });
    afterAll(async () => {
      for (const client of clients) client.close();
      for (const end of ends) end.close();
      await lane.close();
    });

    const client = (options: Partial<RpcClientOptions> & { wrap?: (link: Link) => Link } = {}): RpcClient => {
      const { wrap = (link: Link) => link, ...rest } = options;
      const created = createRpcClient({
        lanes: [{ roles: ROLES, open: async () => wrap(await lane.connect()) }],
        app: 'test',
        runtime: nodeRuntime,
        ...rest,
      });
      clients.push(created);
      return created;
    };
    const raw = async (): Promise<RawEnd> => {
      const end = new RawEnd(await lane.connect());
      ends.push(end);
      return end;
    };
    const values = (asker: RpcClient, property: string, limit = 1, search = '', signal?: AbortSignal) =>
      asker.call(
        'query.values',
        { environment: 'e', property, limit, search },
        signal === undefined ? {} : { signal },
      );
    const counters = async (): Promise<Record<string, number>> => {
      const { values: entries } = await values(client(), 'counters');
      return Object.fromEntries(entries.map(({ value, events }) => [value, events]));
    };

    it('greets with protocol, role and epoch before anything else', async () => {
      const end = (await raw()).greet();
      const hello = await end.next('hello');
      expect(end.frames[0]).toEqual(hello);
      expect(hello).toMatchObject({ proto: PROTOCOL_VERSION, app: expect.any(String) as string });
    });

    it('answers a call with defaults filled in', async () => {
      await expect(values(client(), 'echo', 12, 'ÅØ')).resolves.toEqual({
        values: [{ value: 'ÅØ', events: 12 }],
        total: 1,
      });
    });

    it('refuses parameters that do not fit, naming the field', async () => {
      await expect(values(client(), '', 1)).rejects.toMatchObject({ code: 'bad-input', path: 'property' });
    });

    it.each([
      ['an unknown method', { m: 'query.nothing', p: {} }],
      ['an inherited name', { m: 'constructor', p: {} }],
      ['a method of another process', { m: 'query.shell.capabilities', p: {} }],
      ['a command without op', { m: 'command.sync.run', p: {} }],
      ['a read with op', { m: 'query.sync.state', p: {}, op: OP }],
      ['an unknown field', { m: 'query.sync.state', p: { extra: 1 } }],
    ])('refuses %s and keeps the link', async (_, request) => {
      const end = (await raw()).greet();
      end.send({ t: 'req', id: 5, ...request });
      expect(await end.next('err', 5)).toMatchObject({ code: 'bad-input', retry: false });
      end.send({ t: 'req', id: 6, m: 'query.sync.state', p: {} });
      await end.next('ok', 6);
    });

    it('refuses a request past its size limit', async () => {
      const end = (await raw()).greet();
      end.send({ t: 'req', id: 1, m: 'query.sync.state', p: { extra: 'x'.repeat(70_000) } });
      expect(await end.next('err', 1)).toMatchObject({ code: 'too-large' });
    });

    it('closes the link when a request comes before the greeting', async () => {
      const end = await raw();
      end.send({ t: 'req', id: 1, m: 'query.sync.state', p: {} });
      expect(await end.closed()).toContain('greeting');
    });

    it('closes the link when an id is used twice at once', async () => {
      const end = (await raw()).greet();
      const request = { t: 'req', m: 'query.values', p: { environment: 'e', property: 'wait', limit: 900 } };
      end.send({ ...request, id: 3 });
      end.send({ ...request, id: 3 });
      expect(await end.closed()).toContain('in use');
    });

    it('closes the link of another protocol version after telling its own', async () => {
      const end = (await raw()).greet(PROTOCOL_VERSION + 1);
      await end.closed();
      expect(end.of('hello')).toHaveLength(1);
    });

    it('asks for a reload when the answering end speaks another version', async () => {
      const asker = client({
        wrap: (link) => changing(link, (frame) => (frame.t === 'hello' ? { ...frame, proto: 99 } : frame)),
      });
      await expect(values(asker, 'echo')).rejects.toMatchObject({ code: 'protocol-mismatch' });
      expect(asker.state).toBe('reload-needed');
    });

    it('keeps internal errors to itself', async () => {
      const end = (await raw()).greet();
      end.send({ t: 'req', id: 1, m: 'query.values', p: { environment: 'e', property: 'defect' } });
      const text = JSON.stringify(await end.next('err', 1));
      expect(text).toContain('internal');
      expect(text).not.toMatch(/SELECT|secret|\.ts/);
    });

    it('never sends a result that does not fit its schema', async () => {
      const end = (await raw()).greet();
      end.send({ t: 'req', id: 1, m: 'query.values', p: { environment: 'e', property: 'misfit' } });
      expect(await end.next('err', 1)).toMatchObject({ code: 'internal' });
      expect(JSON.stringify(end.frames)).not.toContain('query.ts:1');
    });

    it('conflates progress to ten a second, newest first', async () => {
      const seen: number[] = [];
      const durationMs = 650;
      const startedMs = performance.now();
      await client().call(
        'command.sync.run',
        { sourceName: String(durationMs) },
        { onProgress: ({ filesDone }) => seen.push(filesDone) },
      );
      expect(seen.length).toBeGreaterThan(1);
      const elapsedMs = performance.now() - startedMs; // more than asked for on a busy machine
      expect(seen.length).toBeLessThanOrEqual(Math.ceil(elapsedMs / PROGRESS_INTERVAL_MS) + 1);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    });

    it('delivers parts whole and in order', async () => {
      const parts: { table: number; length: number; first: number | undefined }[] = [];
      const spec = { parts: 12, bytes: 100_000, pool: true };
      await client().stream(
        'query.run',
        { spec },
        {
          onPart: ({ meta, bin }) => {
            parts.push({ table: meta.table, length: bin.byteLength, first: bin[99_999] });
          },
        },
      );
      expect(parts).toEqual(
        Array.from({ length: 12 }, (_, index) => ({ table: index, length: 100_000, first: index })),
      );
    });

    it('keeps order where some parts are too large for the small lane', async () => {
      const tables: number[] = [];
      await client().stream(
        'query.run',
        { spec: { parts: 6, bytes: 700_000 } },
        {
          onPart: ({ meta, bin }) => {
            expect(bin.byteLength).toBe(700_000);
            expect(bin[0]).toBe(meta.table);
            tables.push(meta.table);
          },
        },
      );
      expect(tables).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('refuses to send a part past its limit', async () => {
      const spec = { parts: 1, bytes: 1_100_000 };
      await expect(client().stream('query.run', { spec }, { onPart: () => undefined })).rejects.toMatchObject(
        { code: 'too-large' },
      );
    });

    it('stops sending at zero credit and goes on with each credit given', async () => {
      const end = (await raw()).greet();
      end.send({ t: 'req', id: 1, m: 'query.run', p: { spec: { parts: 20, bytes: 10 } }, credit: 2 });
      await expect.poll(() => end.of('part').length, PATIENCE).toBe(2);
      await pause(100); // would be long enough for all twenty
      expect(end.of('part')).toHaveLength(2);
      end.send({ t: 'credit', id: 1, n: 3 });
      await expect.poll(() => end.of('part').length, PATIENCE).toBe(5);
      await pause(100);
      expect(end.of('part')).toHaveLength(5);
      end.send({ t: 'cancel', id: 1 });
      expect(await end.next('err', 1)).toMatchObject({ code: 'cancelled' });
    });

    it('gives credit only after a part is consumed', async () => {
      let waiting = 0;
      let mostWaiting = 0;
      let arrived = 0;
      await client({
        wrap: (link) =>
          changing(link, (frame) => {
            if (frame.t === 'part') mostWaiting = Math.max(mostWaiting, ++waiting);
            return frame;
          }),
      }).stream(
        'query.run',
        { spec: { parts: 9, bytes: 10 } },
        {
          credit: 3,
          onPart: async () => {
            await pause(5);
            waiting--;
            arrived++;
          },
        },
      );
      expect(arrived).toBe(9);
      expect(mostWaiting).toBeLessThanOrEqual(3);
    });

    it('ends a running call with exactly one final frame when it is cancelled', async () => {
      const end = (await raw()).greet();
      end.send({
        t: 'req',
        id: 1,
        m: 'query.values',
        p: { environment: 'e', property: 'wait', limit: 1_000 },
      });
      end.send({ t: 'cancel', id: 1 });
      expect(await end.next('err', 1)).toMatchObject({ code: 'cancelled' });
      end.send({ t: 'cancel', id: 1 });
      end.send({ t: 'req', id: 2, m: 'query.sync.state', p: {} });
      await end.next('ok', 2);
      expect(end.frames.filter((frame) => 'id' in frame && frame.id === 1)).toHaveLength(1);
    });

    it('drops a queued call at once when it is cancelled', async () => {
      const end = (await raw()).greet();
      for (let id = 1; id <= 5; id++) {
        end.send({
          t: 'req',
          id,
          m: 'query.values',
          p: { environment: 'e', property: 'stubborn', limit: 1_000 },
        });
      }
      end.send({ t: 'cancel', id: 5 });
      expect(await end.next('err', 5)).toMatchObject({ code: 'cancelled' });
      expect(end.of('ok')).toEqual([]); // the four before it still run
      await end.next('ok', 4);
    });

    it('lets the result stand when it won the race against the cancel', async () => {
      const end = (await raw()).greet();
      end.send({
        t: 'req',
        id: 1,
        m: 'query.values',
        p: { environment: 'e', property: 'stubborn', limit: 60 },
      });
      await pause(20);
      end.send({ t: 'cancel', id: 1 });
      await end.next('ok', 1);
    });

    it('gives up a cancelled read at once and reports the call that does not stop', async () => {
      const stuck: string[] = [];
      const asker = client({ onStuck: (role) => stuck.push(role) });
      await values(asker, 'echo');
      const abort = new AbortController();
      const answer = values(asker, 'stubborn', 1_000, '', abort.signal);
      await pause(50);
      abort.abort();
      await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
      expect(stuck).toEqual([]);
      await expect.poll(() => stuck, PATIENCE).toEqual(['query']);
    });

    it('reports nothing when a cancelled call stops in time', async () => {
      const stuck: string[] = [];
      const looks: (() => void)[] = [];
      const runtime: Runtime = {
        ...nodeRuntime,
        startTimer: (callback, delayMs) => {
          if (delayMs !== STUCK_CANCEL_MS) return nodeRuntime.startTimer(callback, delayMs);
          looks.push(callback); // its time comes below, however busy the machine is
          return () => undefined;
        },
      };
      const asker = client({ runtime, onStuck: (role) => stuck.push(role) });
      await values(asker, 'echo');
      const abort = new AbortController();
      const answer = values(asker, 'wait', 1_000, '', abort.signal);
      await pause(30);
      abort.abort();
      await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
      await values(asker, 'echo'); // answered after the final frame of the call before it
      expect(looks).toHaveLength(1);
      for (const look of looks) look();
      expect(stuck).toEqual([]);
    });

    it('ends a call that is past its deadline', async () => {
      const end = (await raw()).greet();
      const p = { environment: 'e', property: 'wait', limit: 1_000 };
      end.send({ t: 'req', id: 1, m: 'query.values', p, deadlineMs: 40 });
      expect(await end.next('err', 1)).toMatchObject({
        code: 'cancelled',
        message: expect.stringContaining('40 ms') as string,
      });
    });

    it('numbers events without a gap and tells a receiver of a missing one', async () => {
      let drop = false;
      const asker = client({
        wrap: (link) => changing(link, (frame) => (frame.t === 'event' && drop ? null : frame)),
      });
      const revisions: number[] = [];
      let gaps = 0;
      asker.subscribe('store.revision', {
        onEvent: ({ revision }) => revisions.push(revision),
        onGap: () => gaps++,
      });
      await values(asker, 'publish', 1);
      await values(asker, 'publish', 2);
      expect(gaps).toBe(0);
      drop = true;
      await values(asker, 'publish', 3);
      drop = false;
      await values(asker, 'publish', 4);
      expect(revisions).toEqual([1, 2, 4]);
      expect(gaps).toBe(1);
    });

    it('asks a read again after a lost link', async () => {
      const links: Link[] = [];
      const asker = client({ wrap: (link) => (links.push(link), link) });
      await values(asker, 'echo');
      const answer = values(asker, 'wait', 300);
      await pause(50);
      links[0]?.close();
      await expect(answer).resolves.toMatchObject({ total: 1 });
      expect(links).toHaveLength(2);
    });

    it('gives a read up when its link is lost a second time', async () => {
      const links: Link[] = [];
      const asker = client({ wrap: (link) => (links.push(link), link) });
      await values(asker, 'echo');
      const answer = values(asker, 'wait', 900);
      const refused = expect(answer).rejects.toMatchObject({ code: 'worker-restarted', retryable: true });
      await pause(30);
      links[0]?.close();
      while (asker.state !== 'open') await pause(10);
      await pause(30);
      links[1]?.close();
      await refused;
    });

    it('starts a stream over after a lost link and says so', async () => {
      const links: Link[] = [];
      const asker = client({ wrap: (link) => (links.push(link), link) });
      await values(asker, 'echo');
      let restarts = 0;
      let tables: number[] = [];
      await asker.stream(
        'query.run',
        { spec: { parts: 8, bytes: 10 } },
        {
          credit: 1,
          onRestart: () => {
            restarts++;
            tables = [];
          },
          onPart: async ({ meta }) => {
            tables.push(meta.table);
            if (meta.table === 3 && restarts === 0) links[0]?.close();
            await pause(2);
          },
        },
      );
      expect(restarts).toBe(1);
      expect(tables).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    it('applies a command once although its link is lost while it runs', async () => {
      const links: Link[] = [];
      const asker = client({ wrap: (link) => (links.push(link), link) });
      await values(asker, 'echo');
      const before = await counters();
      const answer = asker.call('command.sync.run', { sourceName: '500' });
      await pause(60);
      links[0]?.close();
      await expect(answer).resolves.toMatchObject({ filesDone: (before['applied'] ?? 0) + 1 });
      expect((await counters())['applied']).toBe((before['applied'] ?? 0) + 1);
    });

    it('answers a command that was applied before from its record', async () => {
      const end = (await raw()).greet();
      const before = await counters();
      const request = { t: 'req', m: 'command.sync.run', p: {}, op: 'a3c9f0de-2f4e-4b57-8f3e-0c1d2e3f4a5b' };
      end.send({ ...request, id: 1 });
      const first = await end.next('ok', 1);
      end.send({ ...request, id: 2 });
      expect((await end.next('ok', 2)).r).toEqual(first.r);
      expect((await counters())['applied']).toBe((before['applied'] ?? 0) + 1);
      end.send({ ...request, id: 3, m: 'command.sample.create' });
      expect(await end.next('err', 3)).toMatchObject({ code: 'conflict' });
    });

    it('keeps subscriptions over a lost link and tells of the gap', async () => {
      const links: Link[] = [];
      const asker = client({ wrap: (link) => (links.push(link), link) });
      const revisions: number[] = [];
      let gaps = 0;
      asker.subscribe('store.revision', {
        onEvent: ({ revision }) => revisions.push(revision),
        onGap: () => gaps++,
      });
      await values(asker, 'publish', 1);
      links[0]?.close();
      await values(asker, 'publish', 2);
      expect(revisions).toEqual([1, 2]);
      expect(gaps).toBe(1);
    });

    it('answers a ping', async () => {
      const end = (await raw()).greet();
      end.send({ t: 'ping' });
      await end.next('pong');
    });

    it(`survives ${MALFORMED_FRAMES} malformed frames: no crash, no change`, async () => {
      const before = await counters();
      const seed = Number(process.env['TIDEMARK_SEED'] ?? Date.now() % 1_000_000);
      const frames = fc.sample(malformedFrame, { numRuns: MALFORMED_FRAMES, seed });
      let end = (await raw()).greet();
      for (const frame of frames) {
        if (end.closedWith !== undefined) end = (await raw()).greet();
        end.send(frame);
        end.send({ t: 'req', id: 999, m: 'query.sync.state', p: {} });
        const outcome = await end.settled(999);
        const ran = end.frames.some((each) => each.t === 'ok' && each.id === 1);
        const refused = outcome !== 'ok' || end.frames.some((each) => each.t === 'err' && each.id === 1);
        expect({ seed, frame, ran, refused }).toMatchObject({ ran: false, refused: true });
        end.close();
      }
      expect(await counters()).toEqual(before);
    });
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A link that changes what arrives; null swallows a frame. */
function changing(link: Link, change: (frame: Frame) => Frame | null): Link {
  return {
    ...{ send: link.send.bind(link), onClose: link.onClose.bind(link), close: link.close.bind(link) },
    onFrame: (callback) =>
      link.onFrame((frame, bin) => {
        const changed = change(frame);
        if (changed !== null) callback(changed, bin);
      }),
  };
}
