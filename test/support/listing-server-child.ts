// A small fast S3 of made-up objects: lists any number of them page by page and answers GETs, from no disk at all.
// Arguments: number of objects, days. Prints its port; every request of a kind is counted at /counts.
import { createServer } from 'node:http';
import { type ManyObjects, PREFIX, bodyAt, etagAt, indexOfKey, keyAt } from './many-objects.ts';

const [objects = '1000', days = '30'] = process.argv.slice(2);
const bucket: ManyObjects = { objects: Number(objects), days: Number(days) };
const PAGE = 1000;
const counts = { lists: 0, gets: 0 };

/** The first object whose key is not before `key`; keys ascend with their indexes. */
function firstFrom(key: string): number {
  let low = 0;
  let high = bucket.objects;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyAt(bucket, middle) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function page(prefix: string, token: string | null): string {
  const end = firstFrom(`${prefix}\uffff`);
  const start = token === null ? firstFrom(prefix) : Number(token);
  const stop = Math.min(end, start + PAGE);
  let contents = '';
  for (let index = start; index < stop; index++) {
    const size = Buffer.byteLength(bodyAt(bucket, index));
    contents += `<Contents><Key>${keyAt(bucket, index)}</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>&quot;${etagAt(index)}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  }
  const more = stop < end ? `<NextContinuationToken>${stop}</NextContinuationToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>${prefix}</Prefix><KeyCount>${stop - start}</KeyCount><MaxKeys>${PAGE}</MaxKeys><EncodingType>url</EncodingType><IsTruncated>${stop < end}</IsTruncated>${more}${contents}</ListBucketResult>`;
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/counts') {
    response.end(JSON.stringify(counts));
  } else if (url.searchParams.get('list-type') === '2') {
    counts.lists++;
    const body = page(url.searchParams.get('prefix') ?? '', url.searchParams.get('continuation-token'));
    response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  } else {
    counts.gets++;
    const key = decodeURIComponent(url.pathname);
    const index = indexOfKey(key);
    if (!key.includes(PREFIX) || !(index < bucket.objects)) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end('<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>gone</Message></Error>');
      return;
    }
    const body = bodyAt(bucket, index);
    response.writeHead(200, { etag: `"${etagAt(index)}"`, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  }
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
process.on('disconnect', () => process.exit(0));
