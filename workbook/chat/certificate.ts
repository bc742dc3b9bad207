import { generate } from 'selfsigned';

/** What a TLS server shows, and what proves that it is its own: both as PEM. */
export interface TlsIdentity {
  cert: string;
  key: string;
}

/**
 * Makes a certificate for this machine's own names, which nobody vouches for: browsers warn once. It is kept in
 * memory only, and is good for 30 days.
 */
export async function makeCertificate(): Promise<TlsIdentity> {
  const now = Date.now();
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - 60_000),
    notAfterDate: new Date(now + 30 * 24 * 60 * 60 * 1000),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { cert, key };
}
