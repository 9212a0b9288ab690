import type { Operation } from '../../../shared/annotations/operation.ts';
import type { HostileStep } from './history.ts';
import type { RemoteWorld } from './remote-world.ts';
import type { SmallRandom } from './small-random.ts';

type Json = Record<string, unknown>;

/** Puts something into the source that no honest device writes; returns the annotations that it reaches. */
export function putHostile(world: RemoteWorld, { what, pick }: HostileStep, random: SmallRandom): string[] {
  const honest = honestOperations(world);
  const victim = honest[pick % honest.length];
  const content = contentOf(what, victim, random);
  for (const one of Array.isArray(content) ? content : [content])
    world.put(
      `stranger/${world.objects.length}-${what}`,
      typeof one === 'object' && !(one instanceof Uint8Array) ? JSON.stringify(one) : one,
    );
  return [victim?.annotation_id ?? ANNOTATION];
}

function honestOperations(world: RemoteWorld): Operation[] {
  return world.objects
    .filter(({ device }) => device !== 'stranger')
    .map(({ content }) => JSON.parse(new TextDecoder().decode(content)) as Operation)
    .filter(({ kind }) => kind !== 'redact');
}

const ANNOTATION = 'ann_stranger';
const MANY_BYTES = 300_000;
const MANY_LEVELS = 20_000;

function contentOf(
  what: HostileStep['what'],
  victim: Operation | undefined,
  random: SmallRandom,
): string | Uint8Array | Json | Json[] {
  const annotationId = victim?.annotation_id ?? ANNOTATION;
  const base = {
    op_id: `stranger-${random.below(1e9)}`,
    annotation_id: annotationId,
    kind: 'edit',
    fields: { body: 'a stranger’s text' },
    hlc: '001790000000000-0000-stranger',
    device: 'stranger',
    author: 'Stranger',
  };
  switch (what) {
    case 'not-json':
      return '{"op_id": "half';
    case 'not-utf8':
      return Uint8Array.of(0x22, 0xff, 0xfe, 0x22);
    case 'unknown-kind':
      return { ...base, kind: 'explode' };
    case 'future-schema':
      return { ...base, fields: { schema: 2, body: 'from the future' } };
    case 'too-large':
      return { ...base, fields: { body: 'x'.repeat(MANY_BYTES) } };
    case 'too-deep':
      return `{"op_id":${'['.repeat(MANY_LEVELS)}${']'.repeat(MANY_LEVELS)}}`;
    case 'wrong-types':
      return { ...base, fields: { body: 7, tags: 'none', saw: { body: 'all' } } };
    case 'other-environment':
      return { ...base, environment: 'elsewhere' };
    case 'html':
      return { ...base, fields: { body: '<script>alert(1)</script><img src=x onerror=alert(1)>' } };
    case 'absurd-clock':
      return { ...base, hlc: '999999999999999-9999-stranger', fields: { status: 'outcome', body: 'absurd' } };
    case 'latest-clock':
      return {
        ...base,
        hlc: `00${Date.UTC(2200, 0) - 1}-9999-stranger`,
        fields: { tags: ['last'], title: 'last' },
      };
    case 'twin':
      return victim === undefined
        ? base
        : { ...victim, kind: 'edit', fields: { body: 'twin', title: 'twin' } };
    case 'ring':
      return ringOf(base, random);
    case 'wild-saw':
      return { ...base, kind: 'delete', fields: { saw: { deleted: ['nowhere'], text: ['nothing'] } } };
  }
}

/** Two operations that claim to have seen each other. */
function ringOf(base: Json, random: SmallRandom): Json[] {
  const [one, other] = [`ring-${random.below(1e9)}`, `ring-${random.below(1e9)}`];
  return [
    { ...base, op_id: one, fields: { body: 'ring one', saw: { body: [other] } } },
    { ...base, op_id: other, fields: { body: 'ring two', saw: { body: [one] } } },
  ];
}
