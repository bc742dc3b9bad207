import { expect, test } from 'vitest';
import { phaseAt, phasesOf } from '../../docs/.vitepress/practice/drill-phases.ts';

const phases = phasesOf(45);

test('45 minutes are 6 scope, 5 interface, 13 high level, 15 deep dive, 6 wrap-up', () => {
  expect(phases.map(({ title, from, to }) => `${title} ${from}–${to}`)).toEqual([
    'Scope 0–6',
    'Interface 6–11',
    'High level 11–24',
    'Deep dive 24–39',
    'Wrap-up 39–45',
  ]);
});

test('another length is divided alike, and used up to its last minute', () => {
  expect(phasesOf(90).map(({ to }) => to)).toEqual([12, 22, 48, 78, 90]);
});

test.each([
  ['0:00', 0],
  ['5:59', 0],
  ['6:00', 1],
  ['10:59', 1],
  ['23:59', 2],
  ['24:00', 3],
  ['44:59', 4],
  ['45:00', 5],
  ['80:00', 5],
])('at %s it is phase %d', (time, phase) => {
  const [minutes, seconds] = time.split(':').map(Number);
  expect(phaseAt(phases, (minutes * 60 + seconds) * 1000)).toBe(phase);
});
