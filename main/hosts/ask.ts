import type { Answer } from '../../shared/query/answer.ts';
import { unpackAnswer } from '../../shared/query/unpack-answer.ts';
import { AnswerCollector } from '../../shared/rpc/answer-parts.ts';
import type { RpcClient } from '../../shared/rpc/client-core.ts';
import { readTable } from './read-table.ts';

/** One question, asked the way every view asks. */
export async function ask(client: RpcClient, spec: unknown): Promise<Answer> {
  const parts = new AnswerCollector();
  await client.stream(
    'query.run',
    { spec },
    { onPart: (part) => parts.add(part), onRestart: () => parts.clear() },
  );
  return unpackAnswer(parts.packed(), readTable);
}
