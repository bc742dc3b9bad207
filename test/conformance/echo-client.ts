// The driver for conformance suites that act as servers: asks how many cases there are, echoes every message
// in each, then has the report written.
//   node --import tsx test/conformance/echo-client.ts --url ws://127.0.0.1:9002 --agent websocket-101
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { runsWithConditions } from '../../workbook/with-solutions.ts';

if (runsWithConditions(import.meta.filename)) {
  const { connect } = await import('../../workbook/websocket.ts');
  const { echo, suiteLimits } = await import('./echo.ts');
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'ws://127.0.0.1:9001' },
      agent: { type: 'string', default: 'websocket-101' },
    },
  });
  const open = (path: string) => connect(new URL(path, values.url).href, suiteLimits);
  const agent = encodeURIComponent(values.agent);

  const counter = await open('/getCaseCount');
  const [count] = await once(counter, 'message');
  await once(counter, 'close');
  for (let number = 1; number <= Number(count); number++) {
    const connection = await open(`/runCase?case=${number}&agent=${agent}`);
    echo(connection);
    await once(connection, 'close');
  }
  const report = await open(`/updateReports?agent=${agent}`);
  await once(report, 'close');
  console.log(`${count} cases run as ${values.agent}`);
}
