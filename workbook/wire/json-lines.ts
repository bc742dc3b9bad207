import { isUtf8 } from 'node:buffer';
import type { FrameSeen, MessageSeen } from '#labs/09-wire';
import type { WireEvent } from './conversation.ts';

/**
 * One event as a line of JSON, without the line break; undefined for those that only people see. The fields
 * and their order are a promise: docs/labs/09-wire.md.
 */
export function jsonLine(event: WireEvent): string | undefined {
  const { stream, from, kind } = event;
  const at = isoTime(event.at);
  switch (kind) {
    case 'handshake':
      return JSON.stringify(
        'request' in event
          ? { stream, at, from, kind, request: event.request }
          : { stream, at, from, kind, response: event.response },
      );
    case 'frame': {
      const { fin, rsv1, opcode, masked, length, code, reason } = event;
      const { text, hex } = payloadOf(event);
      return JSON.stringify({
        stream,
        at,
        from,
        kind,
        fin,
        rsv1,
        opcode,
        masked,
        length,
        text,
        hex,
        code,
        reason,
      });
    }
    case 'message': {
      const { type, data } = event;
      const { text, hex } = contentOf(event);
      return JSON.stringify({ stream, at, from, kind, type, length: data.length, text, hex });
    }
    case 'gap':
      return JSON.stringify({ stream, at, from, kind, missing: event.missing });
    case 'error':
      return JSON.stringify({ stream, at, from, kind, message: event.message });
    default:
      return undefined;
  }
}

/** Text as `text` and all else as `hex`; neither for a Close frame that says all by its code, or when bytes are missing. */
function payloadOf({ payload, opcode, type, compressed, code }: FrameSeen): { text?: string; hex?: string } {
  if (!payload || code !== undefined || (opcode === 'close' && payload.length === 0)) return {};
  // A fragment of text may be cut within a character.
  const isText = type === 'text' && !compressed && isUtf8(payload);
  return isText ? { text: payload.toString() } : { hex: payload.toString('hex') };
}

function contentOf({ type, data }: MessageSeen): { text?: string; hex?: string } {
  return type === 'text' ? { text: data.toString() } : { hex: data.toString('hex') };
}

let lastSecond = Number.NaN;
let lastTime = '';

/** A time in microseconds since 1970 as ISO 8601: `2026-11-22T13:00:00.123456Z`. */
export function isoTime(at: number): string {
  const micros = at % 1_000_000;
  const second = at - micros;
  if (second !== lastSecond) {
    lastSecond = second;
    lastTime = new Date(second / 1000).toISOString().slice(0, -4);
  }
  return `${lastTime}${String(micros).padStart(6, '0')}Z`;
}
