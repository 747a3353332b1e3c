import { Session } from "node:inspector";

/** A line to the inspector of this process. */
export interface InspectorSession {
  /** Calls a method of the protocol and resolves to its result, whose type is the caller's to know. */
  post<T>(method: string, params?: object): Promise<T>;
  /** Ends it, with what was started by it. Idempotent. */
  close(): void;
}

/** Opens a session with the inspector of this process; nothing listens on a port, and no debugger is attached. */
export function openSession(): InspectorSession {
  const session = new Session();
  session.connect();
  return {
    post: <T>(method: string, params: object = {}) =>
      new Promise<T>((resolve, reject) => {
        session.post(method, params, (error, result) => {
          if (error === null) resolve(result as T);
          else reject(new Error(`Cannot call ${method}: ${error.message}`, { cause: error }));
        });
      }),
    close: () => session.disconnect(),
  };
}
