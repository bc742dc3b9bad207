import { defineLoader } from 'vitepress';
import type { Abilities } from './capacity.ts';
import measured from './measured.json';

/** What the chapter on numbers needs of all that was measured. */
interface MeasuredAbilities {
  date: string;
  machine: string;
  abilities: Omit<Abilities, 'connectionsPerNode' | 'pricePerNode'>;
}

declare const data: MeasuredAbilities;

export { data };

export default defineLoader({
  watch: './measured.json',
  load: (): MeasuredAbilities => ({
    date: measured.date,
    machine: measured.machine,
    abilities: {
      bytesPerConnection: measured.memoryPerConnection.chat,
      deliveriesPerSecond: measured.deliveriesPerSecondPerCore.chat,
      messagesPerSecond: measured.backplane.messagesPerSecondPerCore.twoNodesRedis,
    },
  }),
});
