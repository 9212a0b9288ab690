import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MemoryS3 {
  port: number;
  objects: Map<string, Buffer>;
  /** Called before a request is answered, with how many came before it; may change the objects. */
  onRequest: (kind: 'list' | 'get', nth: number, url: URL) => void;
  /** An HTTP status in place of an answer; null: none. */
  answer: (url: URL) => number | null;
  /** Told how many bytes of an object are sent. */
  onSend: (bytes: number) => void;
  requests: () => number;
  close: () => Promise<void>;
}

export const etagOf = (body: Uint8Array): string => createHash('md5').update(body).digest('hex');

/**
 * A small S3 in memory: lists by prefix in pages, gives objects and ranges of them, one request per connection, so that
 * a proxy in front of it meets each. Unlike the real server of the tests it can change between two requests on purpose.
 */
export async function startMemoryS3(pageSize: number): Promise<MemoryS3> {
  const objects = new Map<string, Buffer>();
  let requests = 0;
  const s3: MemoryS3 = {
    port: 0,
    objects,
    onRequest: () => undefined,
    onSend: () => undefined,
    answer: () => null,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isList = url.searchParams.get('list-type') === '2';
    s3.onRequest(isList ? 'list' : 'get', requests++, url);
    response.setHeader('connection', 'close');
    const status = s3.answer(url);
    if (status !== null)
      send(
        response,
        status,
        `<Error><Code>${status === 403 ? 'AccessDenied' : 'InternalError'}</Code></Error>`,
      );
    else if (isList) list(objects, url, pageSize, response);
    else s3.onSend(get(objects, keyOf(url), request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  s3.port = (server.address() as AddressInfo).port;
  return s3;
}

const keyOf = ({ pathname }: URL): string => decodeURIComponent(pathname.split('/').slice(2).join('/'));

function list(
  objects: ReadonlyMap<string, Buffer>,
  url: URL,
  pageSize: number,
  response: ServerResponse,
): void {
  const prefix = url.searchParams.get('prefix') ?? '';
  const after = url.searchParams.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, pageSize);
  const contents = page.map((key) => {
    const body = objects.get(key) ?? Buffer.alloc(0);
    return `<Contents><Key>${encodeURIComponent(key)}</Key><ETag>"${etagOf(body)}"</ETag><Size>${body.length}</Size></Contents>`;
  });
  const isTruncated = keys.length > page.length;
  const more = isTruncated ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : '';
  send(
    response,
    200,
    `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`,
  );
}

function get(
  objects: ReadonlyMap<string, Buffer>,
  key: string,
  { headers, method }: IncomingMessage,
  response: ServerResponse,
): number {
  const body = objects.get(key);
  if (body === undefined) {
    send(response, 404, '<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>');
    return 0;
  }
  response.setHeader('etag', `"${etagOf(body)}"`);
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  const [start, end] = range === null ? [0, body.length] : [Number(range[1]), Number(range[2]) + 1];
  const part = body.subarray(start, end);
  if (range !== null) response.setHeader('content-range', `bytes ${start}-${end - 1}/${body.length}`);
  response.writeHead(range === null ? 200 : 206, { 'content-length': part.length });
  response.end(method === 'HEAD' ? undefined : part);
  return method === 'HEAD' ? 0 : part.length;
}

function send(response: ServerResponse, status: number, xml: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>${xml}`;
  response.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
