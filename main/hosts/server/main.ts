// The server host, as `npm start` and `tidemark serve` run it: from arguments to exit code.
import { runServerHost } from './run.ts';

process.exitCode = await runServerHost(process.argv.slice(2), process);
process.exit();
