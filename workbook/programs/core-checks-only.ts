/** In the environment of a worker in which stretch checks are skipped, any text. */
export const coreChecksOnly = 'CORE_CHECKS_ONLY';
