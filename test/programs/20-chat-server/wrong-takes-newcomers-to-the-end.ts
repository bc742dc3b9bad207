// You take new connections while you send the old ones away: they come back to the server that stops.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Hospitable extends Server {
  override admit(...asked: Parameters<Server['admit']>): ReturnType<Server['admit']> {
    const { isDraining } = this;
    this.isDraining = false;
    const admitted = super.admit(...asked);
    this.isDraining = isDraining;
    return admitted;
  }
}

export const startChatServer = starterOf(Hospitable);
