export const busySymbols = ['OAK', 'ELM', 'ASH', 'FIR'] as const;

/** Little happens to it: when its last change is lost, it takes a heartbeat to know in time. */
export const quietSymbol = 'YEW';

export const symbols = [...busySymbols, quietSymbol] as const;

export type Ticker = (typeof symbols)[number];
