import { createRpcClient, type RpcClient } from '../../shared/rpc/client-core.ts';
import type { LaneState } from '../../shared/rpc/client-lane.ts';
import type { Host } from '../../shared/rpc/host.ts';
import { AnswerCollector } from '../../shared/rpc/answer-parts.ts';
import type { Backend, LinkState } from './backend.ts';
import { pageRuntime } from './runtime.ts';
import { unpackAnswer } from './unpack-answer.ts';

const APP_NAME = 'tidemark-renderer';

const LINK_STATE: Record<LaneState, LinkState> = {
  connecting: 'connecting',
  open: 'online',
  reconnecting: 'offline',
  'reload-needed': 'reload-needed',
  'login-needed': 'login-needed',
  closed: 'offline',
};

/** What the interface asks, over the wire of either host. */
export function createRpcBackend({ lanes }: Host): Backend {
  const client = createRpcClient({ lanes, app: APP_NAME, runtime: pageRuntime });
  return {
    ask: (spec, options = {}) => ask(client, spec, options),
    call: (method, params, options = {}) => client.call(method, params, options),
    onTopic: (topic, listener) => client.subscribe(topic, { onEvent: listener }),
    onLinkState: (listener) => {
      listener(LINK_STATE[client.state]);
      return client.onState((state) => {
        listener(LINK_STATE[state]);
      });
    },
    onMissed: (listener) => client.subscribe('store.revision', { onEvent: () => undefined, onGap: listener }),
    close: () => {
      client.close();
    },
  };
}

const ask: (client: RpcClient, ...args: Parameters<Backend['ask']>) => ReturnType<Backend['ask']> = async (
  client,
  spec,
  { signal, onProgress, recount = false } = {},
) => {
  const parts = new AnswerCollector();
  await client.stream(
    'query.run',
    { spec, recount },
    {
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
      onPart: (part) => {
        parts.add(part);
      },
      onRestart: () => {
        parts.clear();
      },
    },
  );
  return unpackAnswer(parts.packed());
};
