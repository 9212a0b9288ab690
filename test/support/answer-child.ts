// Answers the questions on standard input (a JSON list) over the data folder of the first argument; prints the results.
import { text } from 'node:stream/consumers';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';

const engine = createQueryEngine({ dataDir: process.argv[2] ?? '', memoryBudgetBytes: 64 << 20 });
const results = [];
for (const spec of JSON.parse(await text(process.stdin)) as unknown[]) {
  const { result, partial } = await engine.run(spec);
  results.push({ result, partial });
}
process.stdout.write(JSON.stringify(results));
engine.close();
