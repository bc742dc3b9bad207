/** The channel on which a worker thread tells its process which check it starts. */
export const startedChecks = 'websocket-101: started checks';
