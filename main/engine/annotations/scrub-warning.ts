import { AppError } from '../../../shared/errors.ts';
import { type ScrubKind, scrubText } from '../sync/scrub.ts';

/** What looks personal in a text that is about to be saved, and how the text reads without it. */
export interface PersonalFinding {
  field: string;
  kinds: ScrubKind[];
  suggestion: string;
}

export function findPersonal(texts: Readonly<Record<string, string>>): PersonalFinding[] {
  return Object.entries(texts).flatMap(([field, text]) => {
    const scrubbed = scrubText(text, 'text');
    return scrubbed === null
      ? []
      : [{ field, kinds: [...new Set(scrubbed.kinds)], suggestion: scrubbed.text }];
  });
}

const KIND_NAMES = {
  email: 'an e-mail address',
  phone: 'a phone number',
  ip: 'an IP address',
  card: 'a card number',
  token: 'a key or token',
} as const satisfies Record<ScrubKind, string>;

/** Throws unless the writer has seen the warning; `detail.findings` says where, what, and how it reads scrubbed. */
export function refusePersonal(texts: Readonly<Record<string, string>>, isConfirmed: boolean): void {
  const findings = isConfirmed ? [] : findPersonal(texts);
  const [first] = findings;
  if (first === undefined) return;
  const kinds = [...new Set(findings.flatMap((finding) => finding.kinds))].map((kind) => KIND_NAMES[kind]);
  throw new AppError(
    'bad-input',
    `the note seems to hold ${kinds.join(', ')}; remove it, or confirm to save it`,
    {
      path: first.field,
      detail: {
        findings: findings.map(({ field, kinds: found, suggestion }) => ({
          field,
          kinds: found,
          suggestion,
        })),
      },
    },
  );
}
