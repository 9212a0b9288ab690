import { createSign, generateKeyPairSync } from 'node:crypto';

/** A certificate for 127.0.0.1 that signs itself, and its key, both as PEM. Node makes keys but no certificates, so the
 *  few fields of X.509 are written by hand. */
export function selfSigned(): { cert: Buffer; key: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = sequence(oid(1, 2, 840, 10045, 4, 3, 2)); // ecdsa-with-SHA256
  const name = sequence(set(sequence(oid(2, 5, 4, 3), der(0x0c, Buffer.from('tidemark test')))));
  const validity = sequence(utcTime(-1), utcTime(1));
  const names = sequence(der(0x87, Buffer.from([127, 0, 0, 1]))); // subjectAltName: IP address
  const extensions = der(0xa3, sequence(sequence(oid(2, 5, 29, 17), der(0x04, names))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1])), // serial number
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const signature = createSign('SHA256').update(body).sign(privateKey);
  const bits = der(0x03, Buffer.concat([Buffer.from([0]), signature]));
  const text = sequence(body, algorithm, bits).toString('base64');
  const lines = text.match(/.{1,64}/g) ?? [];
  return {
    cert: Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`),
    key: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...items: Buffer[]): Buffer => der(0x30, Buffer.concat(items));
const set = (item: Buffer): Buffer => der(0x31, item);

/** Seven bits a byte, most significant first; all but the last have the high bit set. */
function oid(first: number, second: number, ...rest: number[]): Buffer {
  const base128 = (value: number): number[] => {
    const bytes = [value & 127];
    for (let left = value >> 7; left > 0; left >>= 7) bytes.unshift((left & 127) | 128);
    return bytes;
  };
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function utcTime(daysFromNow: number): Buffer {
  const text = new Date(Date.now() + daysFromNow * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(text.slice(2)));
}
