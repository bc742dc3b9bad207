import { constants, type ServerHttp2Session } from 'node:http2';

// #region deadlines
/**
 * The deadlines that HTTP/2 lacks in Node. A session that has had no stream for so many ms is ended: one that is
 * silent, and one that sends half a header block, which is no stream yet. A request that has not come whole by
 * then is reset. An extended CONNECT has come whole with its headers (RFC 8441 §4).
 */
export function setDeadlines(session: ServerHttp2Session, ms: number): void {
  let streams = 0;
  let timer = setTimeout(end, ms);
  function end(): void {
    session.destroy();
  }
  session.on('stream', (stream, headers) => {
    streams++;
    clearTimeout(timer);
    stream.once('close', () => {
      streams--;
      if (streams === 0 && !session.destroyed) timer = setTimeout(end, ms);
    });
    if (stream.endAfterHeaders || headers[':method'] === 'CONNECT') return;
    const late = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), ms);
    for (const event of ['end', 'close']) stream.once(event, () => clearTimeout(late));
  });
  session.once('close', () => clearTimeout(timer));
}
// #endregion deadlines
