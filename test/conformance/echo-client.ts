// The driver for conformance suites that act as servers: asks how many cases there are, echoes every message
// in each, then has the report written.
//   node --import tsx test/conformance/echo-client.ts --url ws://127.0.0.1:9002 --agent websocket-101
import { runsWithConditions } from '../../workbook/with-solutions.ts';

if (runsWithConditions(import.meta.filename)) {
  const { connect } = await import('../../workbook/websocket.ts');
  const { runSuite, suiteOptions } = await import('./echo.ts');
  await runSuite((url) => connect(url, suiteOptions));
}
