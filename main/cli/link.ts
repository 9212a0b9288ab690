import { AppError } from '../../shared/errors.ts';
import { requestFreshLink } from '../hosts/fresh-link.ts';
import { readLock } from '../lock.ts';
import { BadUsage, type Command, parseCommandArgs } from './command.ts';

/** A fresh one-use link of the host that holds the folder. */
export const link: Command = {
  name: 'link',
  summary: 'Print a fresh one-use link of the running host',
  usage: 'tidemark link [--data-dir DIR] [--json]',
  async run(argv, io) {
    const { dataDir, json, positionals } = parseCommandArgs(argv, {}, io);
    if (positionals[0] !== undefined) throw new BadUsage(`unexpected argument "${positionals[0]}"`);
    const holder = readLock(dataDir);
    if (holder === null)
      throw new AppError('not-available', `no host runs on ${dataDir}; start one with: npm start`);
    const fresh = await requestFreshLink(holder);
    io.stdout.write(json ? `${JSON.stringify({ ok: true, link: fresh })}\n` : `${fresh}\n`);
    return 0;
  },
};
