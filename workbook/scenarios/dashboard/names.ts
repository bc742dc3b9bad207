/** What is measured: each of the measures of each of the services. */
export const services = ['api', 'auth', 'cart', 'mail', 'pay', 'rank', 'shop', 'sync'] as const;
export const measures = ['cpu', 'mem', 'rps', 'p99', 'err'] as const;

export type Measure = (typeof measures)[number];
