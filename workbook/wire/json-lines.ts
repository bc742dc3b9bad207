import { isUtf8 } from 'node:buffer';
import type { FrameSeen, MessageSeen } from '#labs/09-wire';
import type { WireEvent } from './conversation.ts';

/**
 * One event as a line of JSON, without the line break; undefined for those that only people see. The fields
 * and their order are a promise: docs/reference/wire-json.md.
 */
export function jsonLine(event: WireEvent): string | undefined {
  const { stream, from, kind } = event;
  const fields = fieldsOf(event);
  return fields && JSON.stringify({ stream, at: isoTime(event.at), from, kind, ...fields });
}

function fieldsOf(event: WireEvent): object | undefined {
  switch (event.kind) {
    case 'handshake':
      return 'request' in event ? { request: event.request } : { response: event.response };
    case 'frame': {
      const { fin, rsv1, opcode, masked, length, code, reason } = event;
      return { fin, rsv1, opcode, masked, length, ...payloadOf(event), code, reason };
    }
    case 'message':
      return { type: event.type, length: event.data.length, ...contentOf(event) };
    case 'gap':
      return { missing: event.missing };
    case 'error':
      return { message: event.message };
    default:
      return undefined;
  }
}

/** Text as `text` and all else as `hex`; neither for a Close frame with a code, or when bytes are missing. */
function payloadOf({ payload, type, compressed, code }: FrameSeen): { text?: string; hex?: string } {
  if (!payload || code !== undefined) return {};
  // A fragment of text may be cut within a character.
  const isText = type === 'text' && !compressed && isUtf8(payload);
  return isText ? { text: payload.toString() } : { hex: payload.toString('hex') };
}

function contentOf({ type, data }: MessageSeen): { text?: string; hex?: string } {
  return type === 'text' ? { text: data.toString() } : { hex: data.toString('hex') };
}

/** A time in microseconds since 1970 as ISO 8601: `2026-11-22T13:00:00.123456Z`. */
export function isoTime(at: number): string {
  const micros = at % 1000;
  return `${new Date((at - micros) / 1000).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
