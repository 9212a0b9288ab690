// A process that asks the shell for the secret that a question names, and answers with what it was told.
import { METHODS } from '../../shared/rpc/methods.ts';
import { AppError } from '../../shared/errors.ts';
import type { Handlers } from '../../shared/rpc/handlers.ts';
import { createRpcServer } from '../../shared/rpc/server-core.ts';
import { runChild } from '../../main/process/parent.ts';
import { nodeRuntime } from '../../main/runtime.ts';

runChild({
  start(_options, _log, secrets) {
    const refuse = () => {
      throw new AppError('not-available', 'not answered here');
    };
    const others = Object.fromEntries(
      Object.entries(METHODS)
        .filter(([, { role }]) => role === 'query')
        .map(([name]) => [name, refuse]),
    ) as unknown as Handlers<'query'>;
    const server = createRpcServer<'query'>({
      role: 'query',
      app: 'test',
      epoch: 1,
      runtime: nodeRuntime,
      handlers: {
        ...others,
        'query.values': async ({ property }) => {
          const told = await (
            property.startsWith('made-') ? secrets.make(property) : secrets.read(property)
          ).then(
            (value) => value ?? 'not set',
            (error: unknown) => (error instanceof AppError ? error.code : 'unknown'),
          );
          return { values: [{ value: told, events: 1 }], total: 1 };
        },
      },
    });
    return {
      accept: (link) => server.accept(link),
      isStuck: () => false,
      stop: () => server.close('the test is over'),
    };
  },
});
