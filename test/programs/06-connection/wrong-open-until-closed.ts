// Your readyState stays open while closing: after close() it is 2, Closing.
import { ReadyState, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  override get readyState(): 1 | 2 | 3 {
    return super.readyState === ReadyState.Closing ? ReadyState.Open : super.readyState;
  }
}
