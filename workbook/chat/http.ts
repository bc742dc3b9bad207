import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';
import { explain, messageLimits } from '#labs/10-protocol';
import type { Authority, Identity } from '#labs/15-auth';
import { Unavailable } from '#labs/17-backplane';
import type { Monitor } from '#labs/19-monitoring';
import type { Asset } from '../bundle-script.ts';

export interface HttpServices {
  page: ReadonlyMap<string, Asset>;
  authority: Authority;
  /** Whether a page of the request's origin may use the chat. */
  isAllowed(request: IncomingMessage): boolean;
  /** Counts a request about a session or a ticket. Returns in how many ms it may be made; 0: now. */
  signInWait(request: IncomingMessage): number;
  /** A sign-in was ended here: its connections are to be closed, on all nodes. */
  signedOut(session: string): Promise<void>;
  health(): Health;
  monitor: Monitor;
  /** What else there is, by path. */
  routes: ReadonlyMap<string, Route>;
}

/** The body of `/healthz`. A balancer sends nobody to a server that is draining: it answers 503. */
export interface Health {
  /** `degraded`: the backplane is away. */
  status: 'ok' | 'degraded' | 'draining';
  engine: string;
  backplane: string;
  labs: Record<string, 'yours' | 'reference'>;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string | Uint8Array;
}

type Handler = (request: IncomingMessage) => Reply | Promise<Reply>;

/** What one path answers, by method. */
export type Route = Partial<Record<string, Handler>>;

/** The body of `POST /session`: a name in one line. */
const sessionRequest = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(messageLimits.maxUserNameLength)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters'),
});

/** Bytes of a request's body. */
const maxBodyLength = 4_096;

/** For every answer. The page's own files are all it may load, so markup smuggled into it can do nothing. */
export const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** An answer other than the expected one; its message goes out as JSON. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Everything the chat answers over plain HTTP: the page, sessions, tickets, health and metrics. */
export function createHttpHandler(services: HttpServices): RequestListener {
  const routes = createRoutes(services);
  return (request, response) => {
    const { origin } = request.headers;
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Vary', 'Origin');
    const allowed = services.isAllowed(request);
    if (origin && allowed) response.setHeader('Access-Control-Allow-Origin', origin);
    answer(routes, request, allowed)
      .catch(explainError)
      .then((reply) => send(request, response, reply))
      .catch((error: unknown) => {
        if (!hasBrokenOff(request, error)) console.error(error);
        response.destroy();
      });
  };
}

/** A body that broke off has nobody left to answer; anything else is a fault of ours. Requests of HTTP/2 have no `errored`. */
function hasBrokenOff(request: IncomingMessage, error: unknown): boolean {
  return Boolean(request.errored) || (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** @throws what is a fault of ours. */
function explainError(error: unknown): Reply {
  if (error instanceof HttpError) return json(error.status, { error: error.message }, error.headers);
  if (!(error instanceof Unavailable)) throw error;
  return json(503, { error: 'The chat cannot reach its store.' }, retryAfter(error.retryAfterMs));
}

/** In whole seconds (RFC 9110 §10.2.3). */
function retryAfter(ms: number): Record<string, string> {
  return { 'Retry-After': String(Math.ceil(ms / 1000)) };
}

function createRoutes({
  page,
  authority,
  signInWait,
  signedOut,
  health,
  monitor,
  ...more
}: HttpServices): Map<string, Route> {
  const pageVersion = versionOf(page);
  const notTooOften = (handle: Handler): Handler => {
    return (request) => {
      const waitMs = signInWait(request);
      if (waitMs === 0) return handle(request);
      monitor.refusedHandshake(429);
      throw new HttpError(429, 'Too many requests come from your address.', retryAfter(waitMs));
    };
  };
  const routes = new Map<string, Route>([
    ...more.routes,
    [
      '/session',
      {
        POST: notTooOften(async (request) => {
          const body = sessionRequest.safeParse(await readJson(request));
          if (!body.success) throw new HttpError(400, explain(body.error.issues[0]));
          const user = { id: randomUUID(), name: body.data.name };
          return json(200, { session: await authority.createSession(user), user });
        }),
        DELETE: notTooOften(async (request) => {
          const { session } = await identify(request, (token) => authority.revoke(token));
          // For a session that had ended before, too: then this may be what had failed (RFC 9110 §9.2.2).
          await signedOut(session);
          return { status: 204, body: '' };
        }),
      },
    ],
    [
      '/ticket',
      {
        POST: notTooOften(async (request) => {
          if (hasBody(request)) await readJson(request);
          const identity = await identify(request, (token) => authority.readSession(token));
          return json(200, await authority.issueTicket(identity));
        }),
      },
    ],
    [
      '/healthz',
      {
        GET() {
          const { status, ...rest } = health();
          return json(status === 'draining' ? 503 : 200, { status, ...rest, page: pageVersion });
        },
      },
    ],
    [
      '/metrics',
      {
        GET: async () => ({
          status: 200,
          headers: { 'Content-Type': monitor.contentType },
          body: await monitor.render(),
        }),
      },
    ],
    [
      '/chat',
      {
        GET(request) {
          if (request.httpVersionMajor === 2) {
            throw new HttpError(405, 'This is the WebSocket: ask for it by an extended CONNECT.', {
              Allow: 'CONNECT',
            });
          }
          throw new HttpError(426, 'This is the WebSocket: ask for an upgrade.', {
            Upgrade: 'websocket',
            Connection: 'Upgrade',
          });
        },
      },
    ],
  ]);
  for (const [path, { type, body }] of page) {
    routes.set(path, { GET: () => ({ status: 200, headers: { 'Content-Type': type }, body }) });
  }
  return routes;
}

/** @throws HttpError 401 when the request has no session, or one that is nobody's. */
async function identify(
  request: IncomingMessage,
  whose: (session: string) => Promise<Identity | undefined>,
): Promise<Identity> {
  const [, session] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const identity = session && (await whose(session));
  if (identity) return identity;
  const why = session
    ? 'This session is not valid, or it has ended.'
    : 'Send the session as "Authorization: Bearer <session>".';
  throw new HttpError(401, why, { 'WWW-Authenticate': 'Bearer' });
}

/** Changes with any file of the web client: an open page compares it after a restart. */
function versionOf(page: ReadonlyMap<string, Asset>): string {
  const hash = createHash('sha256');
  for (const { body } of page.values()) hash.update(body);
  return hash.digest('base64url');
}

async function answer(
  routes: Map<string, Route>,
  request: IncomingMessage,
  allowedOrigin: boolean,
): Promise<Reply> {
  const [path] = (request.url ?? '/').split('?');
  const route = routes.get(path);
  if (!route) throw new HttpError(404, `There is nothing at ${path}.`);
  const method = request.method ?? 'GET';
  const methods = [...Object.keys(route), ...('GET' in route ? ['HEAD'] : []), 'OPTIONS'];
  if (method === 'OPTIONS') return preflight(methods);
  const handle = route[method === 'HEAD' ? 'GET' : method];
  if (!handle) {
    const Allow = methods.join(', ');
    throw new HttpError(405, `${path} takes ${Allow}, not ${method}.`, { Allow });
  }
  if ((method === 'POST' || method === 'DELETE') && !allowedOrigin)
    throw new HttpError(403, 'Pages of this origin may not use the chat.');
  return await handle(request);
}

/** Tells a browser what a page of an allowed origin may send (WHATWG Fetch §3.3.3, CORS). */
function preflight(methods: string[]): Reply {
  const list = methods.join(', ');
  return {
    status: 204,
    headers: {
      Allow: list,
      'Access-Control-Allow-Methods': list,
      'Access-Control-Allow-Headers': 'authorization, content-type',
    },
    body: '',
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const [type] = (request.headers['content-type'] ?? '').split(';');
  const chunks: Buffer[] = [];
  let length = 0;
  // Read to its end even when it is too long: a client that is still sending does not see the answer.
  // The server's request timeout bounds how long that may take.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBodyLength) chunks.push(chunk);
  }
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new HttpError(415, 'Send the body as application/json.', { Accept: 'application/json' });
  }
  if (length > maxBodyLength) {
    throw new HttpError(413, `A body may have ${maxBodyLength} bytes; this one has ${length}.`);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new HttpError(400, 'The body is not JSON.');
  }
}

export function json(status: number, value: object, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: `${JSON.stringify(value)}\n`,
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Reply): void {
  // Whatever of the request was not read is dropped, so that the next one on this connection can be.
  request.resume();
  response.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
