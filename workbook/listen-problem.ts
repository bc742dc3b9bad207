/** What `listen` objects to, in a sentence for whoever chose the port and the host; undefined for anything else. */
export function listenProblem(code: string | undefined, host: string, port: number): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. Stop the program that has it, or choose another with --port.`;
    case 'EACCES':
      return `Port ${port} needs more rights than this program has. Choose one from 1024 up with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this machine. Choose another with --host.`;
    default:
      return undefined;
  }
}
