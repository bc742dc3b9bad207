import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { explain } from '#labs/10-protocol';
import type { ConnectionStats } from '#labs/19-monitoring';
import { HttpError, json, type Reply, type Route, readJson } from './http.ts';

export interface OperatorServices {
  /** What an operator sends as a bearer token. Undefined or empty: there are no operators, and no such paths. */
  token: string | undefined;
  connections(): ConnectionStats[];
  /** Closes this user's connections to this node with 1008. Returns how many they were. */
  disconnect(userId: string): number;
}

/** The body of `POST /operator/disconnect`: a user's id. */
const disconnectRequest = z.object({ user: z.string().min(1).max(128) });

/**
 * What an operator may ask of one node: who is connected, and to send somebody away. Who was sent away may come
 * back: this ends connections, not sessions.
 */
export function operatorRoutes({ token, connections, disconnect }: OperatorServices): Map<string, Route> {
  if (!token) return new Map();
  const forOperators = (handle: (request: IncomingMessage) => Reply | Promise<Reply>) => {
    return (request: IncomingMessage) => {
      mustBeOperator(request, token);
      return handle(request);
    };
  };
  return new Map<string, Route>([
    ['/operator/connections', { GET: forOperators(() => json(200, connections())) }],
    [
      '/operator/disconnect',
      {
        POST: forOperators(async (request) => {
          const body = disconnectRequest.safeParse(await readJson(request));
          if (!body.success) throw new HttpError(400, explain(body.error.issues[0]));
          return json(200, { closed: disconnect(body.data.user) });
        }),
      },
    ],
  ]);
}

/** @throws HttpError 401 for a request without the token (RFC 6750 §2.1, §3). */
function mustBeOperator({ headers }: IncomingMessage, token: string): void {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (isSame(given, token)) return;
  throw new HttpError(401, 'Send the operator’s token as "Authorization: Bearer <token>".', {
    'WWW-Authenticate': 'Bearer',
  });
}

// #region is-same
/**
 * Takes as long for a good guess as for a bad one: `===` stops at the first character that differs, and how long
 * it took would tell how far a guess was right. Digests, because `timingSafeEqual` wants equal lengths.
 */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
// #endregion is-same
