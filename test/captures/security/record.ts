/**
 * Records what the chapters in docs/security/ show: hijacking in a real Chromium, which cookies ride along, tokens
 * and their frames, and what TLS leaves to be seen.
 *
 *     node --import tsx test/captures/security/record.ts
 */
import { runsWithConditions } from '../../../workbook/with-solutions.ts';

if (runsWithConditions(import.meta.filename)) {
  const { recordHijacking } = await import('./hijacking.ts');
  const { recordTokens } = await import('./tokens.ts');
  const { recordTls } = await import('./tls.ts');
  await recordHijacking();
  await recordTokens();
  await recordTls();
  process.exit();
}
